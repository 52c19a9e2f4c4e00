// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../src/api/types';
import { FakeServer, problem } from './support/fakeServer';
import { openPage } from './support/page';
import { image } from './support/session';

const job = (more: Partial<Job>): Job => ({
    jobId: 'holiday', stage: 'completed', total: 4, completed: 3, quarantined: 1, cancelled: 0, running: 0, attempt: 1, elapsed: '00:00:20', hasEnded: true, settled: 4, ...more,
});

describe('the other pages', () => {
    let server: FakeServer;
    beforeEach(() => {
        server = new FakeServer();
    });

    it('asks for a key where the server does, and goes on with the cookie', async () => {
        let isKnown = false;
        server.on('GET /v1/me', () => (isKnown ? { account: 'studio', role: 'user', login: 'Cookie', antiforgeryToken: 'token' } : problem(401, 'unauthorized', 'Sign in.')));
        server.on('POST /v1/login', ({ json }) => {
            if ((json as { key: string }).key !== 'secret') return problem(401, 'unauthorized', 'There is no such key.');
            isKnown = true;
            return new Response(null, { status: 204 });
        });
        openPage('#/');
        const field = await screen.findByLabelText('API key');
        fireEvent.change(field, { target: { value: 'wrong' } });
        fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
        expect(await screen.findByText('There is no such key.')).toBeTruthy();
        fireEvent.change(field, { target: { value: ' secret ' } });
        fireEvent.click(screen.getByRole('button', { name: 'Sign in' }));
        expect(await screen.findByRole('heading', { name: 'Restore a photograph' })).toBeTruthy();
        expect(screen.getByText('studio')).toBeTruthy();
        expect(screen.queryByRole('link', { name: 'Cluster' })).toBeNull();
        expect(JSON.stringify([{ ...sessionStorage }, { ...localStorage }])).not.toContain('secret');
    });

    it('uploads a picture, opens a session with it and goes there', async () => {
        server.on('POST /v1/images', () => image('abc'));
        server.on('POST /v1/sessions', () => ({ session: { session: 'new one' } }));
        server.stream('new%20one', []);
        openPage('#/');
        const input = await screen.findByLabelText<HTMLInputElement>('Picture file');
        fireEvent.change(input, { target: { files: [new File(['raw'], 'night.nef')] } });
        await waitFor(() => expect(location.hash).toBe('#/sessions/new%20one'));
        expect(server.find('POST', '/v1/sessions')?.json).toEqual({ imageHash: 'abc' });
    });

    it('says why a picture was not taken', async () => {
        server.on('POST /v1/images', () => problem(422, 'invalid-image', 'It is not a picture.'));
        openPage('#/');
        fireEvent.change(await screen.findByLabelText('Picture file'), { target: { files: [new File(['text'], 'letter.txt')] } });
        expect(await screen.findByText('letter.txt: It is not a picture.')).toBeTruthy();
    });

    it('shows jobs, what failed in them, and tries that again', async () => {
        server.on('GET /v1/jobs?limit=50', () => ({ jobs: [job({}), job({ jobId: 'night', stage: 'running', completed: 1, quarantined: 0, settled: 1, running: 2, hasEnded: false })] }));
        server.on('POST /v1/jobs/holiday/retry', () => job({ jobId: 'again' }));
        server.on('POST /v1/jobs/night/pause', () => job({}));
        server.on('GET /v1/jobs/holiday/results', () => new Response([
            JSON.stringify({ index: 0, name: 'a.png', outcome: 'completed', result: image('a'), attempts: 1 }),
            JSON.stringify({ index: 1, name: '<b>.png', outcome: 'quarantined', error: { code: 'invalidImage', message: 'It is damaged.' }, attempts: 3 }),
        ].join('\n')));
        openPage('#/jobs');
        expect(await screen.findByText('3 of 4 restored · 1 failed · 20 s')).toBeTruthy();
        expect(screen.getByText('1 of 4 restored · 2 under way · 20 s · about 1 min left')).toBeTruthy();
        const details = screen.getByText('Pictures', { selector: 'summary' }).closest('details')!;
        details.open = true;
        fireEvent(details, new Event('toggle'));
        expect(await screen.findByText('It is damaged. (3 tries)')).toBeTruthy();
        expect(screen.getAllByText(/\.png$/).map((element) => element.textContent)).toEqual(['<b>.png', 'a.png']);
        fireEvent.click(screen.getByRole('button', { name: 'Retry the 1 that failed' }));
        fireEvent.click(screen.getByRole('button', { name: 'Pause' }));
        await waitFor(() => expect(server.find('POST', '/v1/jobs/night/pause')).toBeTruthy());
        expect(server.find('POST', '/v1/jobs/holiday/retry')).toBeTruthy();
    });

    it('shows silos, devices, models and queues', async () => {
        const device = { device: 'cuda:0', queueDepth: 7, queueCapacity: 64, residentModels: ['vlm-imi', 'llmra-compact'], isHung: true, expectedWork: '00:01:30', runTime: '00:00:04', loadTime: '00:00:09' };
        server.on('GET /v1/cluster', () => ({ silos: [{ silo: '10.0.0.1:11111@3', devices: [device], models: [], defaultModel: 'x', isStopping: true }], supervisor: { silos: [], unfinished: 2, rounds: 1 } }));
        server.on('GET /v1/usage', () => ({ status: { limits: { maxConcurrentRuns: 4, maxQueuedRuns: 8 }, activeRuns: 1, queuedRuns: 0, today: { day: '2026-01-01', deviceSeconds: 62, images: 5, runs: 6 } }, days: [] }));
        openPage('#/cluster');
        for (const text of ['10.0.0.1:11111', 'Queue 7 of 64', 'vlm-imi, llmra-compact', '1 min 30 s', 'Does not come back', 'Stopping', '1 of 4']) expect(await screen.findByText(text)).toBeTruthy();
        expect(screen.getByText('1 silo · 2 runs and jobs unfinished')).toBeTruthy();
    });
});
