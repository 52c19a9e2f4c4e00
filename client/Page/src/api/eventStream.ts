import { pause, signInNeeded } from './http';
import { Problem, readProblem } from './problem';
import { SseParser, type SseMessage } from './sseParser';

export type { SseMessage } from './sseParser';

export interface StreamOptions {
    /** Called for each event, in order. */
    onMessage: (message: SseMessage) => void;
    /** Called when the connection stands, and when it is lost and looked for again. */
    onConnected?: (isConnected: boolean) => void;
    signal: AbortSignal;
    /** A connection that says nothing for so long (milliseconds) is taken for dead; the server pings every 15 s. */
    quietLimit?: number;
    /** How long to wait before another try (milliseconds), doubled each time up to 15 s. */
    firstWait?: number;
}

const maxWait = 15_000;

/**
 * Follows a stream of server-sent events until it is called off. A lost connection is taken up behind the last event
 * that had an id, so none is missed.
 *
 * EventSource would give up on any answer but 200, and tells nobody which it was.
 * @throws Problem when the server says that there is nothing (more) to follow.
 */
export async function followEvents(path: string, options: StreamOptions): Promise<void> {
    const { signal, onConnected, firstWait = 500 } = options;
    let lastId: string | undefined;
    let wait = firstWait;
    while (!signal.aborted) {
        try {
            await readOnce(path, lastId, options, (message) => {
                wait = firstWait;
                if (message.id !== undefined) lastId = message.id;
            });
        } catch (error) {
            if (signal.aborted) return;
            if (error instanceof Problem && isFinal(error)) throw error;
        }
        if (signal.aborted) return;
        onConnected?.(false);
        await pause(wait, signal).catch(() => undefined);
        wait = Math.min(wait * 2, maxWait);
    }
}

function isFinal(problem: Problem): boolean {
    if (problem.status === 401) signInNeeded();
    return problem.status >= 400 && problem.status < 500 && problem.status !== 408 && problem.status !== 429;
}

async function readOnce(path: string, lastId: string | undefined, options: StreamOptions, onRead: (message: SseMessage) => void): Promise<void> {
    const { signal, onMessage, onConnected, quietLimit = 45_000 } = options;
    const connection = new AbortController();
    const stop = () => connection.abort();
    signal.addEventListener('abort', stop, { once: true });
    let quiet = setTimeout(stop, quietLimit);
    try {
        const headers: Record<string, string> = { Accept: 'text/event-stream, application/problem+json' };
        if (lastId !== undefined) headers['Last-Event-ID'] = lastId;
        const response = await fetch(path, { headers, signal: connection.signal, credentials: 'same-origin', cache: 'no-store' });
        if (!response.ok) throw await readProblem(response);
        if (response.body === null) return;
        onConnected?.(true);
        const parser = new SseParser();
        const reader = response.body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, BufferSource>).getReader();
        for (;;) {
            const { done, value } = await reader.read();
            if (done || signal.aborted) return;
            clearTimeout(quiet);
            quiet = setTimeout(stop, quietLimit);
            for (const message of parser.push(value)) {
                onRead(message);
                onMessage(message);
            }
        }
    } finally {
        clearTimeout(quiet);
        signal.removeEventListener('abort', stop);
        connection.abort();
    }
}
