// @vitest-environment happy-dom
import { fireEvent, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeServer, problem } from './support/fakeServer';
import { openPage } from './support/page';

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

    it('shows silos, devices, models and queues', async () => {
        const device = { device: 'cuda:0', queueDepth: 7, queueCapacity: 64, residentModels: ['vlm-imi', 'llmra-compact'], isHung: true, expectedWork: '00:01:30', runTime: '00:00:04', loadTime: '00:00:09' };
        server.on('GET /v1/cluster', () => ({ silos: [{ silo: '10.0.0.1:11111@3', devices: [device], models: [], defaultModel: 'x', isStopping: true }], supervisor: { silos: [], unfinished: 2, rounds: 1 } }));
        server.on('GET /v1/usage', () => ({ status: { limits: { maxConcurrentRuns: 4, maxQueuedRuns: 8 }, activeRuns: 1, queuedRuns: 0, today: { day: '2026-01-01', deviceSeconds: 62, images: 5, runs: 6 } }, days: [] }));
        openPage('#/cluster');
        for (const text of ['10.0.0.1:11111', 'Queue 7 of 64', 'vlm-imi, llmra-compact', '1 min 30 s', 'Does not come back', 'Stopping', '1 of 4']) expect(await screen.findByText(text)).toBeTruthy();
        expect(screen.getByText('1 silo · 2 runs and jobs unfinished')).toBeTruthy();
    });
});
