import { vi } from 'vitest';
import type { JobPage, SessionEvent } from '../../src/api/types';
import { fakeUploads } from './fakeUpload';

export interface Asked {
    method: string;
    path: string;
    headers: Headers;
    json: unknown;
    body: unknown;
}

type Answer = (asked: Asked) => unknown;

/** Answers the page's requests by method and path, as docs/api.md has them; 404 where nothing is said. */
export class FakeServer {
    readonly asked: Asked[] = [];
    /** What uploads wait for when half of them has gone. */
    uploadGate: Promise<void> = Promise.resolve();
    private readonly answers = new Map<string, Answer>();
    private readonly streams: ReadableStreamDefaultController<Uint8Array>[] = [];

    constructor() {
        this.on('GET /v1/login', () => ({ takesKeys: true }));
        this.on('GET /v1/me', () => ({ account: 'local', role: 'operator', name: 'local', login: 'Local' }));
        this.on('GET /v1/checkpoints', () => [{ name: 'llmra-compact', pipeline: 'llmra', isWhole: true, isDefault: true }]);
        this.on('GET /v1/sessions?limit=24', () => ({ sessions: [] }));
        vi.stubGlobal('fetch', (path: string | URL, init: RequestInit) => this.answer(String(path), init));
        vi.stubGlobal('XMLHttpRequest', fakeUploads((path, init) => this.answer(path, init), () => this.uploadGate));
    }

    on(route: string, answer: Answer): void {
        this.answers.set(route, answer);
    }

    /** Serves a session's events: those of the history at once, later ones by tell. */
    stream(session: string, history: readonly SessionEvent[]): void {
        this.streamAt(`/v1/sessions/${session}/events`, ({ headers }) => {
            const last = Number(headers.get('Last-Event-ID') ?? 0);
            return history.filter((one) => one.sequence > last).map((event) => encode(event.kind, event, event.sequence));
        });
    }

    /** Serves the jobs: where they stand at once, what changes by tell. */
    streamJobs(page: JobPage): void {
        this.streamAt('/v1/events', () => [encode('jobs', page)]);
    }

    tell(name: string, data: unknown, id?: number): void {
        for (const stream of this.streams) stream.enqueue(encode(name, data, id));
    }

    /** Breaks every connection. */
    breakStreams(): void {
        for (const stream of this.streams.splice(0)) stream.error(new Error('connection lost'));
    }

    find(method: string, path: string): Asked | undefined {
        return this.asked.findLast((one) => one.method === method && one.path === path);
    }

    private answer(path: string, init: RequestInit): Promise<Response> {
        const method = init.method ?? 'GET';
        const asked: Asked = { method, path, headers: new Headers(init.headers), json: typeof init.body === 'string' ? JSON.parse(init.body) : undefined, body: init.body };
        this.asked.push(asked);
        const answer = this.answers.get(`${method} ${path}`);
        if (answer === undefined) return Promise.resolve(problem(404, 'not-found', 'There is nothing here.'));
        const value = answer(asked);
        return Promise.resolve(value instanceof Response ? value : Response.json(value));
    }

    private streamAt(path: string, first: (asked: Asked) => Uint8Array[]): void {
        this.on(`GET ${path}`, (asked) => new Response(new ReadableStream<Uint8Array>({
            start: (controller) => {
                this.streams.push(controller);
                for (const event of first(asked)) controller.enqueue(event);
            },
        })));
    }
}

export function problem(status: number, code: string, detail: string): Response {
    return Response.json({ type: `urn:darkroom:problem:${code}`, status, detail }, { status });
}

function encode(name: string, data: unknown, id?: number): Uint8Array {
    return new TextEncoder().encode(`event: ${name}\ndata: ${JSON.stringify(data)}\n${id === undefined ? '' : `id: ${id}\n`}\n`);
}
