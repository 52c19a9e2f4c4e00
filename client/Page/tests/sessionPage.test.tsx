// @vitest-environment happy-dom
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it } from 'vitest';
import { FakeServer, problem } from './support/fakeServer';
import { openPage, viewer } from './support/page';
import { events, image, progress, version } from './support/session';

const log = () => screen.findByRole('log');
const message = () => screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });

describe('the page of a session', () => {
    let server: FakeServer;
    beforeEach(() => {
        server = new FakeServer();
        server.stream('s1', events);
    });

    it('builds the conversation of the events', async () => {
        openPage('#/sessions/s1');
        expect(await screen.findByText('The image is dark.')).toBeTruthy();
        expect(screen.getByText('The light is low.')).toBeTruthy();
        expect(screen.getByRole('alert').textContent).toContain('The device failed again and again.');
        expect(screen.getByRole('button', { name: /^v0, as opened, current/ }).getAttribute('aria-current')).toBe('true');
    });

    it('says nothing of a result before it is there', async () => {
        server.stream('s2', events.slice(0, 3));
        openPage('#/sessions/s2');
        expect(await screen.findByText('<restore>')).toBeTruthy();
        expect(screen.queryByText('No problem.')).toBeNull();
        server.tell('versionReady', events[3], 4);
        expect(await screen.findByText('No problem.')).toBeTruthy();
    });

    it('shows what somebody typed as text, whatever it is', async () => {
        const text = '<img src=x onerror="alert(1)"><b>bold</b>';
        server.stream('s3', [events[0]!, { ...events[1]!, userText: text, answer: text }]);
        openPage('#/sessions/s3');
        const shown = await screen.findAllByText((_content, element) => element?.classList.contains('words') === true && element.textContent!.endsWith(text));
        expect(shown).toHaveLength(2);
        expect((await log()).querySelector('img, b')).toBeNull();
    });

    it('shows how far the run is, its preview, and cancels it', async () => {
        server.stream('s4', events.slice(0, 3));
        server.on('POST /v1/runs/r1/cancel', () => ({}));
        openPage('#/sessions/s4');
        await screen.findByText('Starting');
        server.tell('progress', { ...progress('r1', 0.25), preview: image('glimpse', 320, 240) });
        const run = within(await log());
        expect(await run.findByText('Restoring · 25 %')).toBeTruthy();
        expect(run.getByRole<HTMLProgressElement>('progressbar').value).toBe(0.25);
        expect(screen.getByText('Restoring, 25 percent')).toBeTruthy();
        await waitFor(() => expect(viewer.show.mock.lastCall?.[0]).toMatchObject({ hash: 'glimpse' }));
        await userEvent.click(run.getByRole('button', { name: 'Cancel' }));
        expect(server.find('POST', '/v1/runs/r1/cancel')).toBeTruthy();
    });

    it('goes on behind the last event when the connection is lost', async () => {
        server.stream('s5', events.slice(0, 3));
        openPage('#/sessions/s5');
        await screen.findByText('<restore>');
        server.stream('s5', events.slice(0, 4));
        server.breakStreams();
        expect(await screen.findByText(/The connection is lost. Looking for it/)).toBeTruthy();
        expect(await screen.findByText('No problem.', undefined, { timeout: 10_000 })).toBeTruthy();
        expect(server.find('GET', '/v1/sessions/s5/events')?.headers.get('Last-Event-ID')).toBe('3');
        expect(screen.getAllByText('<restore>')).toHaveLength(1);
    });

    it('sends by Enter with the settings, once', async () => {
        server.on('POST /v1/sessions/s1/messages', ({ json }) => ({ turnId: (json as { turnId: string }).turnId, outcome: 'answered', answer: 'Yes.', sequence: 8 }));
        openPage('#/sessions/s1');
        await screen.findByText('The image is dark.');
        await userEvent.type(await message(), 'Is it sharp?{Enter}');
        const sent = server.find('POST', '/v1/sessions/s1/messages')!;
        expect(sent.json).toMatchObject({ text: 'Is it sharp?', settings: { strength: 1 } });
        expect(sent.headers.get('Idempotency-Key')).toBe((sent.json as { turnId: string }).turnId);
        await waitFor(async () => expect((await message()).value).toBe(''));
    });

    it('keeps the draft over a refresh, and when it was not taken', async () => {
        server.on('POST /v1/sessions/s1/messages', () => problem(429, 'quota-exceeded', 'Two runs are under way; two are allowed.'));
        const { unmount } = openPage('#/sessions/s1');
        await screen.findByText('The image is dark.');
        await userEvent.type(await message(), '<refine> brighter{Enter}');
        expect(await screen.findByText('Two runs are under way; two are allowed.')).toBeTruthy();
        unmount();
        openPage('#/sessions/s1');
        expect((await message()).value).toBe('<refine> brighter');
    });

    it('shows the reason of a refusal beside the words', async () => {
        server.on('POST /v1/sessions/s1/messages', ({ json }) => ({ turnId: (json as { turnId: string }).turnId, outcome: 'refused', answer: 'One command at a time, please.', sequence: 7 }));
        openPage('#/sessions/s1');
        await screen.findByText('The image is dark.');
        await userEvent.type(await message(), '<restore> <refine>{Enter}');
        expect(await within(await log()).findByText('One command at a time, please.')).toBeTruthy();
    });

    it('compares with the version before, by keyboard', async () => {
        server.stream('s6', events.slice(0, 4));
        openPage('#/sessions/s6');
        await userEvent.click(await screen.findByRole('button', { name: 'Compare' }));
        await waitFor(() => expect(viewer.show.mock.lastCall?.slice(0, 2)).toMatchObject([{ hash: 'hash-v1' }, { hash: 'hash-v0' }]));
        const line = screen.getByRole('slider', { name: 'Line between before and after' });
        line.focus();
        await userEvent.keyboard('{ArrowRight}{PageUp}{End}{Home}{ArrowLeft}');
        expect(line.getAttribute('aria-valuenow')).toBe('0');
        expect(viewer.setDivider.mock.calls.map(([value]) => Math.round(Number(value) * 100))).toEqual(expect.arrayContaining([52, 62, 100, 0]));
    });

    it('goes on from a version and undoes', async () => {
        server.on('POST /v1/sessions/s1/checkout', () => ({}));
        server.on('POST /v1/sessions/s7/undo', () => ({}));
        const { unmount } = openPage('#/sessions/s1');
        await userEvent.click(await screen.findByRole('button', { name: /^v1,/ }));
        await userEvent.click(screen.getByRole('button', { name: 'Go on from v1' }));
        expect(server.find('POST', '/v1/sessions/s1/checkout')?.json).toEqual({ versionId: 'v1' });
        unmount();
        server.stream('s7', events.slice(0, 4));
        openPage('#/sessions/s7');
        await screen.findByText('No problem.');
        await userEvent.click(screen.getByRole('button', { name: 'Undo' }));
        expect(server.find('POST', '/v1/sessions/s7/undo')).toBeTruthy();
    });

    it('offers files of the version that is shown', async () => {
        openPage('#/sessions/s1');
        await userEvent.click(await screen.findByRole('button', { name: /^v1,/ }));
        expect(screen.getByRole('link', { name: 'PNG, 16 bit', hidden: true }).getAttribute('href')).toBe('/v1/sessions/s1/versions/v1/file?format=png&depth=16');
    });

    it('says when there is no such session, and when it was deleted', async () => {
        const { unmount } = openPage('#/sessions/none');
        expect(await screen.findByText('There is nothing here.')).toBeTruthy();
        unmount();
        openPage('#/sessions/s1');
        await screen.findByText('The image is dark.');
        server.tell('deleted', { session: 's1' });
        expect(await screen.findByRole('heading', { name: 'This session was deleted' })).toBeTruthy();
    });

    it('shows only settings that were set as changed, and sends them', async () => {
        server.on('POST /v1/sessions/s1/messages', () => ({ turnId: 't', outcome: 'answered', answer: '', sequence: 8 }));
        openPage('#/sessions/s1');
        await screen.findByText('The image is dark.');
        const steps = screen.getByRole('textbox', { name: 'Steps', hidden: true });
        await userEvent.type(steps, '5000');
        expect(steps.getAttribute('aria-invalid')).toBe('true');
        await userEvent.clear(steps);
        await userEvent.type(steps, '12');
        expect(screen.getByText('Settings (1)')).toBeTruthy();
        await userEvent.click(screen.getByRole('button', { name: 'Restore' }));
        expect(server.find('POST', '/v1/sessions/s1/messages')?.json).toMatchObject({ text: '<restore>', settings: { steps: 12, strength: 1 } });
    });

    it('shows a version that failed without a way to look at it', async () => {
        server.stream('s8', [...events.slice(0, 6), { sequence: 7, time: '', kind: 'runCancelled', versionId: 'v3', version: version('v3', 'v1', 'cancelled') }]);
        openPage('#/sessions/s8');
        expect((await screen.findByRole<HTMLButtonElement>('button', { name: /^v2, refine from v1: brighter, failed/ })).disabled).toBe(true);
        expect(screen.getByRole<HTMLButtonElement>('button', { name: /^v3,.*cancelled/ }).disabled).toBe(true);
    });
});
