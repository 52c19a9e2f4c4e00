/** A server-sent event. */
export interface SseMessage {
    event: string;
    data: string;
    /** Its own id; undefined for one that has none. */
    id?: string;
}

/** Takes the text of an event stream in pieces of any length and gives its events (WHATWG HTML, 9.2.6). */
export class SseParser {
    private rest = '';
    private event = '';
    private data: string[] = [];
    private id: string | undefined;
    private endedInReturn = false;

    push(text: string): SseMessage[] {
        // A line ends in \r\n, \n or \r; the two halves of \r\n may come in two pieces.
        if (this.endedInReturn && text.startsWith('\n')) text = text.slice(1);
        if (text.length > 0) this.endedInReturn = text.endsWith('\r');
        const lines = (this.rest + text).split(/\r\n|\n|\r/);
        this.rest = lines.pop() ?? '';
        const messages: SseMessage[] = [];
        for (const line of lines) {
            const message = this.take(line);
            if (message !== undefined) messages.push(message);
        }
        return messages;
    }

    private take(line: string): SseMessage | undefined {
        if (line.length === 0) return this.finish();
        const colon = line.indexOf(':');
        if (colon === 0) return undefined;
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
        if (field === 'event') this.event = value;
        else if (field === 'data') this.data.push(value);
        else if (field === 'id' && !value.includes('\0')) this.id = value;
        return undefined;
    }

    private finish(): SseMessage | undefined {
        const message = { event: this.event || 'message', data: this.data.join('\n'), id: this.id };
        const isEmpty = this.data.length === 0;
        this.event = '';
        this.data = [];
        this.id = undefined;
        return isEmpty ? undefined : message;
    }
}
