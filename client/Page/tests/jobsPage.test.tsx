// @vitest-environment happy-dom
import { fireEvent, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../src/api/types';
import { FakeServer, problem } from './support/fakeServer';
import { dropFiles, openPage } from './support/page';
import { image } from './support/session';

const job = (more: Partial<Job>): Job => ({
    jobId: 'holiday', stage: 'completed', total: 4, completed: 3, quarantined: 1, cancelled: 0, running: 0, attempt: 1, elapsed: '00:00:20', hasEnded: true, settled: 4, ...more,
});
const night = job({ jobId: 'night', stage: 'running', completed: 1, quarantined: 0, settled: 1, running: 2, hasEnded: false });

describe('the jobs page', () => {
    let server: FakeServer;
    beforeEach(() => {
        server = new FakeServer();
        server.streamJobs({ jobs: [] });
    });

    const form = () => screen.findByRole('form', { name: 'New job' });
    const request = () => JSON.parse((server.find('POST', '/v1/jobs')!.body as FormData).get('request') as string) as unknown;

    it('shows jobs, what failed in them, and tries that again', async () => {
        server.streamJobs({ jobs: [job({}), night] });
        server.on('POST /v1/jobs/holiday/retry', () => job({ jobId: 'again' }));
        server.on('POST /v1/jobs/night/pause', () => ({ ...night, stage: 'paused' }));
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
        await userEvent.click(screen.getByRole('button', { name: 'Retry the one that failed' }));
        expect(await screen.findByRole('heading', { name: 'again' })).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Pause' }));
        expect(await screen.findByText('Paused')).toBeTruthy();
    });

    it('follows the jobs by their stream, also new ones, and when the connection was lost', async () => {
        server.streamJobs({ jobs: [night] });
        openPage('#/jobs');
        await screen.findByText(/^1 of 4 restored/);
        server.tell('job', { ...night, completed: 2, settled: 2 });
        expect(await screen.findByText(/^2 of 4 restored/)).toBeTruthy();
        server.tell('job', job({ jobId: 'fresh' }));
        await screen.findByRole('heading', { name: 'fresh' });
        expect(screen.getAllByRole('heading', { level: 2 }).map((heading) => heading.textContent)).toEqual(['fresh', 'night']);
        server.streamJobs({ jobs: [job({ jobId: 'fresh' }), job({ ...night, stage: 'completed', completed: 4, settled: 4, running: 0, hasEnded: true })] });
        server.breakStreams();
        await screen.findByText(/The connection is lost/);
        expect(await screen.findByText('night: Done, 4 of 4 restored', undefined, { timeout: 10_000 })).toBeTruthy();
        expect(server.asked.filter(({ path }) => path.startsWith('/v1/jobs'))).toEqual([]);
    });

    it('shows older jobs when asked', async () => {
        server.streamJobs({ jobs: [job({})], next: 'holiday' });
        server.on('GET /v1/jobs?limit=50&after=holiday', () => ({ jobs: [job({ jobId: 'old' })] }));
        openPage('#/jobs');
        await userEvent.click(await screen.findByRole('button', { name: 'Show older ones' }));
        expect(await screen.findByRole('heading', { name: 'old' })).toBeTruthy();
        expect(screen.queryByRole('button', { name: 'Show older ones' })).toBeNull();
    });

    it('starts a job of dropped files, with name, words and strength', async () => {
        server.on('POST /v1/jobs', () => job({ jobId: 'trip' }));
        openPage('#/jobs');
        await form();
        await dropFiles([new File(['1'], 'a.png'), new File(['2'], '<b>b</b>.dng')], () => screen.findByText('Drop the pictures of the job'));
        expect(await screen.findByText('2 files, 1 KB')).toBeTruthy();
        await userEvent.type(screen.getByLabelText(/^Name/), 'trip');
        await userEvent.type(screen.getByLabelText(/^Words/), 'too dark');
        await userEvent.click(screen.getByRole('button', { name: 'Start' }));
        expect(await screen.findByRole('heading', { name: 'trip' })).toBeTruthy();
        expect(request()).toEqual({ name: 'trip', kind: 'refine', words: 'too dark', settings: { strength: 1 } });
        expect((server.find('POST', '/v1/jobs')!.body as FormData).getAll('files').map((file) => (file as File).name)).toEqual(['a.png', '<b>b</b>.dng']);
    });

    it('starts a job of a zip archive', async () => {
        server.on('POST /v1/jobs', () => job({ jobId: 'zipped' }));
        openPage('#/jobs');
        fireEvent.change(await screen.findByLabelText('Files of the job'), { target: { files: [new File(['zip'], 'all.ZIP')] } });
        await userEvent.click(screen.getByRole('button', { name: 'Start' }));
        await screen.findByRole('heading', { name: 'zipped' });
        expect([...(server.find('POST', '/v1/jobs')!.body as FormData).keys()]).toEqual(['request', 'zip']);
    });

    it('starts a job of stored files by their prefix', async () => {
        server.on('POST /v1/jobs', () => job({ jobId: 'stored' }));
        server.on('GET /v1/uploads?limit=1000&prefix=', () => ({ uploads: [] }));
        server.on('GET /v1/uploads?limit=1000&prefix=trip%2F', () => ({ uploads: [{ name: 'trip/1', sizeBytes: 2e6 }, { name: 'trip/2', sizeBytes: 1e6 }] }));
        openPage('#/jobs');
        await userEvent.click(await screen.findByRole('radio', { name: 'Stored files' }));
        expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start' }).disabled).toBe(true);
        fireEvent.change(screen.getByLabelText('Their names begin with'), { target: { value: 'trip/' } });
        expect(await screen.findByText('2 stored files, 3.0 MB')).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Start' }));
        await screen.findByRole('heading', { name: 'stored' });
        expect(server.find('POST', '/v1/jobs')!.json).toEqual({ prefix: 'trip/', kind: 'restore', settings: { strength: 1 } });
    });

    it('says why a job was not taken, keeps its files, and tries again', async () => {
        server.on('POST /v1/jobs', () => problem(409, 'conflict', 'There is a job of that name.'));
        openPage('#/jobs');
        fireEvent.change(await screen.findByLabelText('Files of the job'), { target: { files: [new File(['1'], 'a.png')] } });
        await userEvent.click(screen.getByRole('button', { name: 'Start' }));
        await screen.findByText('There is a job of that name.');
        expect(screen.getByText('a.png, 1 KB')).toBeTruthy();
        server.on('POST /v1/jobs', () => job({ jobId: 'taken' }));
        await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
        await screen.findByRole('heading', { name: 'taken' });
        await waitFor(() => expect(screen.queryByText('a.png, 1 KB')).toBeNull());
    });
});
