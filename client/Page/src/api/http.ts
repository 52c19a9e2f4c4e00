import { Problem, readProblem } from './problem';
import { sendWatched } from './watchedUpload';

const waits = [400, 1200, 3000];

let antiforgeryToken: string | undefined;
const signInListeners = new Set<() => void>();

/** The token that requests by cookie carry; /v1/me gives it. */
export function setAntiforgeryToken(token: string | undefined): void {
    antiforgeryToken = token;
}

/** Calls back whenever the server asks who this is. */
export function onSignInNeeded(listener: () => void): () => void {
    signInListeners.add(listener);
    return () => signInListeners.delete(listener);
}

/** Tells everybody that the server asked who this is. */
export function signInNeeded(): void {
    for (const listener of signInListeners) listener();
}

/** A word that nobody said before. (crypto.randomUUID is there on secure addresses only.) */
export function uniqueWord(): string {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export interface RequestOptions {
    /** Sent as JSON. */
    json?: unknown;
    /** Sent as it is: a file or a form. */
    body?: XMLHttpRequestBodyInit;
    /** Hears how much of the body has gone, 0..1. */
    onSent?: (fraction: number) => void;
    headers?: Record<string, string>;
    signal?: AbortSignal;
    /** The key under which the server does this once however often it is said; made up unless given. */
    idempotencyKey?: string;
}

/**
 * Asks the server. Where it cannot be reached or is short of something, the same is said again a few times: every POST
 * carries an idempotency key, so it is done once.
 */
export async function send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const headers: Record<string, string> = { Accept: 'application/json', ...options.headers };
    let body = options.body;
    if (options.json !== undefined) {
        headers['Content-Type'] = 'application/json';
        body = JSON.stringify(options.json);
    }
    if (method !== 'GET') {
        if (antiforgeryToken !== undefined) headers['X-Darkroom-Antiforgery'] = antiforgeryToken;
        if (method === 'POST') headers['Idempotency-Key'] = options.idempotencyKey ?? uniqueWord();
    }

    for (let attempt = 0; ; attempt++) {
        const problem = await tryOnce(method, path, headers, body, options);
        if (problem instanceof Response) return problem;
        const wait = waits[attempt];
        if (wait === undefined || (problem.status !== 0 && problem.status !== 503)) {
            if (problem.status === 401) signInNeeded();
            throw problem;
        }
        await pause(Math.max(wait, Math.min(problem.retryAfter ?? 0, 5) * 1000), options.signal);
    }
}

/** Asks the server and reads its JSON. */
export async function ask<T>(method: string, path: string, options: RequestOptions = {}): Promise<T> {
    const response = await send(method, path, options);
    return (response.status === 204 ? undefined : await response.json()) as T;
}

async function tryOnce(method: string, path: string, headers: Record<string, string>, body: XMLHttpRequestBodyInit | undefined, { signal, onSent }: RequestOptions): Promise<Response | Problem> {
    try {
        const response = onSent !== undefined && body !== undefined
            ? await sendWatched(method, path, headers, body, onSent, signal)
            : await fetch(path, { method, headers, body, signal, credentials: 'same-origin' });
        return response.ok ? response : await readProblem(response);
    } catch (error) {
        if (signal?.aborted) throw error;
        return new Problem(0, 'unreachable', 'The server cannot be reached.');
    }
}

/** Waits, or throws when it is called off. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
        const stop = () => {
            clearTimeout(timer);
            reject(signal?.reason as Error);
        };
        const timer = setTimeout(() => {
            signal?.removeEventListener('abort', stop);
            resolve();
        }, milliseconds);
        if (signal?.aborted) stop();
        else signal?.addEventListener('abort', stop, { once: true });
    });
}
