import { describe, expect, it, vi } from 'vitest';
import { followEvents, type SseMessage } from '../src/api/eventStream';
import { Problem } from '../src/api/problem';

/** A server that answers each connection with the next of the given answers. */
function serve(...answers: ((signal: AbortSignal) => Response | Promise<Response>)[]) {
    const asked: Headers[] = [];
    vi.stubGlobal('fetch', (_path: string, init: RequestInit) => {
        asked.push(new Headers(init.headers));
        const answer = answers[asked.length - 1];
        return answer === undefined ? hang(init.signal!) : Promise.resolve(answer(init.signal!));
    });
    return asked;
}

function hang(signal: AbortSignal): Promise<Response> {
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
}

const stream = (text: string) => () => new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
const event = (id: number) => `event: answered\ndata: {"sequence":${id}}\nid: ${id}\n\n`;

/** Follows until so many events came. */
async function follow(count: number, onConnected?: (isConnected: boolean) => void): Promise<SseMessage[]> {
    const got: SseMessage[] = [];
    const stop = new AbortController();
    await followEvents('/events', {
        signal: stop.signal, firstWait: 1, onConnected,
        onMessage: (message) => {
            got.push(message);
            if (got.length === count) stop.abort();
        },
    });
    return got;
}

describe('followEvents', () => {
    it('goes on behind the last event after a lost connection', async () => {
        const asked = serve(stream(event(1) + event(2)), stream(event(3)));
        expect((await follow(3)).map((message) => message.id)).toEqual(['1', '2', '3']);
        expect(asked.map((headers) => headers.get('Last-Event-ID'))).toEqual([null, '2']);
    });

    it('keeps the last id over events that have none', async () => {
        const asked = serve(stream(`${event(5)}event: progress\ndata: {}\n\n`), stream(event(6)));
        await follow(3);
        expect(asked[1]?.get('Last-Event-ID')).toBe('5');
    });

    it('tries again when the server is not there or not ready', async () => {
        const asked = serve(() => Promise.reject(new TypeError('network')), () => new Response('', { status: 503 }), stream(event(1)));
        const connections: boolean[] = [];
        expect(await follow(1, (isConnected) => connections.push(isConnected))).toHaveLength(1);
        expect(asked).toHaveLength(3);
        expect(connections).toEqual([false, false, true]);
    });

    it('ends with the problem when there is no such session', async () => {
        const body = { type: 'urn:darkroom:problem:not-found', detail: 'There is no session of that name.' };
        serve(() => new Response(JSON.stringify(body), { status: 404, headers: { 'Content-Type': 'application/problem+json' } }));
        const problem = await follow(1).catch((error: unknown) => error);
        expect(problem).toBeInstanceOf(Problem);
        expect(problem).toMatchObject({ status: 404, code: 'not-found', message: 'There is no session of that name.' });
    });

    it('takes a connection that says nothing for dead', async () => {
        const silent = (signal: AbortSignal) => new Response(new ReadableStream<Uint8Array>({
            start: (controller) => {
                controller.enqueue(new TextEncoder().encode(event(1)));
                signal.addEventListener('abort', () => controller.error(signal.reason));
            },
        }));
        serve(silent, stream(event(2)));
        const got: string[] = [];
        const stop = new AbortController();
        await followEvents('/events', {
            signal: stop.signal, firstWait: 1, quietLimit: 20,
            onMessage: (message) => {
                got.push(message.id!);
                if (message.id === '2') stop.abort();
            },
        });
        expect(got).toEqual(['1', '2']);
    });
});
