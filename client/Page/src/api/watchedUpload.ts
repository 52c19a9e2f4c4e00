/**
 * Sends a body and tells how much of it has gone (0..1); fetch does not tell.
 * @throws TypeError when there is no answer, as fetch does; the signal's reason when it is called off.
 */
export function sendWatched(
    method: string, path: string, headers: Record<string, string>, body: XMLHttpRequestBodyInit, onSent: (fraction: number) => void, signal?: AbortSignal,
): Promise<Response> {
    return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const request = new XMLHttpRequest();
        const stop = () => request.abort();
        signal?.addEventListener('abort', stop, { once: true });
        request.open(method, path);
        for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
        request.upload.onprogress = (event) => {
            if (event.lengthComputable && event.total > 0) onSent(event.loaded / event.total);
        };
        request.onload = () => resolve(answerOf(request));
        request.onerror = () => reject(new TypeError('There was no answer.'));
        request.onabort = () => reject(signal?.reason as Error);
        request.onloadend = () => signal?.removeEventListener('abort', stop);
        request.send(body);
    });
}

function answerOf(request: XMLHttpRequest): Response {
    const headers = new Headers();
    for (const name of ['Content-Type', 'Retry-After']) {
        const value = request.getResponseHeader(name);
        if (value !== null) headers.set(name, value);
    }
    return new Response(request.status === 204 ? null : request.responseText, { status: request.status, headers });
}
