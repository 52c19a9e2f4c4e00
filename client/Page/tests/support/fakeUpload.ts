type Send = (path: string, init: RequestInit) => Promise<Response>;

/** Makes a class that sends as XMLHttpRequest does, as far as the page uses it; half of an upload waits at the gate. */
export const fakeUploads = (send: Send, gate: () => Promise<void>) => class extends FakeUpload {
    constructor() {
        super(send, gate);
    }
};

class FakeUpload {
    readonly upload: { onprogress?: (event: { lengthComputable: boolean; loaded: number; total: number }) => void } = {};
    status = 0;
    responseText = '';
    onload?: () => void;
    onerror?: () => void;
    onabort?: () => void;
    onloadend?: () => void;
    private method = '';
    private path = '';
    private readonly headers = new Headers();
    private answered: Headers | undefined;
    private isAborted = false;

    constructor(private readonly sendBody: Send, private readonly gate: () => Promise<void>) {}

    open(method: string, path: string): void {
        [this.method, this.path] = [method, path];
    }

    setRequestHeader(name: string, value: string): void {
        this.headers.set(name, value);
    }

    getResponseHeader(name: string): string | null {
        return this.answered?.get(name) ?? null;
    }

    abort(): void {
        this.isAborted = true;
        this.onabort?.();
        this.onloadend?.();
    }

    send(body: BodyInit): void {
        void this.run(body);
    }

    private async run(body: BodyInit): Promise<void> {
        this.upload.onprogress?.({ lengthComputable: true, loaded: 50, total: 100 });
        await this.gate();
        if (this.isAborted) return;
        this.upload.onprogress?.({ lengthComputable: true, loaded: 100, total: 100 });
        const response = await this.sendBody(this.path, { method: this.method, headers: this.headers, body });
        this.answered = response.headers;
        this.status = response.status;
        this.responseText = await response.text();
        this.onload?.();
        this.onloadend?.();
    }
}
