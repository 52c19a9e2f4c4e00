/** An error that the server explained (application/problem+json), or that kept it from answering. */
export class Problem extends Error {
    constructor(
        /** HTTP status; 0 where there was no answer. */
        readonly status: number,
        /** The code behind urn:darkroom:problem:, such as not-found. */
        readonly code: string,
        message: string,
        /** Seconds to wait before another try, where the server said so. */
        readonly retryAfter?: number,
    ) {
        super(message);
        this.name = 'Problem';
    }
}

const prefix = 'urn:darkroom:problem:';

/** Makes a problem of an answer that is not a success. */
export async function readProblem(response: Response): Promise<Problem> {
    const wait = Number(response.headers.get('Retry-After') ?? Number.NaN);
    let code = 'unknown';
    let message = `The server answered ${response.status}.`;
    try {
        const body: unknown = await response.json();
        if (typeof body === 'object' && body !== null) {
            const { type, title, detail } = body as Record<string, unknown>;
            if (typeof type === 'string' && type.startsWith(prefix)) code = type.slice(prefix.length);
            if (typeof detail === 'string' && detail.length > 0) message = detail;
            else if (typeof title === 'string' && title.length > 0) message = title;
        }
    } catch {
        // A proxy's page or nothing: the status is all there is.
    }
    return new Problem(response.status, code, message, Number.isFinite(wait) ? wait : undefined);
}

/** What a person is told of any error. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
