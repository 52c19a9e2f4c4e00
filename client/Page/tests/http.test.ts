import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, onSignInNeeded, setAntiforgeryToken } from '../src/api/http';
import { Problem } from '../src/api/problem';

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } });

function serve(...answers: (Response | Error)[]) {
    const asked: { path: string; headers: Headers; body: unknown }[] = [];
    vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
        asked.push({ path, headers: new Headers(init.headers), body: init.body });
        const answer = answers[asked.length - 1] ?? new Error('no more answers');
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    });
    return asked;
}

describe('ask', () => {
    beforeEach(() => vi.useFakeTimers());
    afterEach(() => {
        vi.useRealTimers();
        setAntiforgeryToken(undefined);
    });

    it('says a POST again under the same key when the server was not reached', async () => {
        const asked = serve(new TypeError('network'), json({ type: 'urn:darkroom:problem:no-device' }, 503), json({ ok: true }));
        const answer = ask('POST', '/v1/x', { json: { a: 1 } });
        await vi.runAllTimersAsync();
        expect(await answer).toEqual({ ok: true });
        const keys = asked.map(({ headers }) => headers.get('Idempotency-Key'));
        expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
        expect(new Set(keys).size).toBe(1);
        expect(asked.map(({ body }) => body)).toEqual(Array(3).fill('{"a":1}'));
    });

    it('gives up after a few tries', async () => {
        const asked = serve(...Array.from({ length: 9 }, () => new TypeError('network')));
        const answer = ask('GET', '/v1/x').catch((error: unknown) => error);
        await vi.runAllTimersAsync();
        expect(await answer).toMatchObject({ status: 0, code: 'unreachable' });
        expect(asked).toHaveLength(4);
    });

    it('does not say again what the server refused', async () => {
        const asked = serve(json({ type: 'urn:darkroom:problem:quota-exceeded', detail: 'Two runs are under way.' }, 429, { 'Retry-After': '7' }));
        const problem = await ask('POST', '/v1/x').catch((error: unknown) => error);
        expect(problem).toBeInstanceOf(Problem);
        expect(problem).toMatchObject({ code: 'quota-exceeded', message: 'Two runs are under way.', retryAfter: 7 });
        expect(asked).toHaveLength(1);
    });

    it('explains an answer that is no problem document', async () => {
        serve(new Response('<b>Bad gateway</b>', { status: 502 }));
        expect(await ask('GET', '/v1/x').catch((error: unknown) => error)).toMatchObject({ status: 502, message: 'The server answered 502.' });
    });

    it('asks for a sign-in on 401', async () => {
        serve(json({ type: 'urn:darkroom:problem:unauthorized' }, 401));
        const asked = vi.fn();
        const stop = onSignInNeeded(asked);
        await ask('GET', '/v1/me').catch(() => undefined);
        stop();
        expect(asked).toHaveBeenCalledOnce();
    });

    it('sends the antiforgery token with what changes something only', async () => {
        const asked = serve(json({}), json({}));
        setAntiforgeryToken('token');
        await ask('GET', '/v1/x');
        await ask('DELETE', '/v1/x');
        expect(asked.map(({ headers }) => headers.get('X-Darkroom-Antiforgery'))).toEqual([null, 'token']);
    });
});
