import { describe, expect, it } from 'vitest';
import { SseParser } from '../src/api/sseParser';

function read(...pieces: string[]) {
    const parser = new SseParser();
    return pieces.flatMap((piece) => parser.push(piece));
}

describe('SseParser', () => {
    it('reads events with their ids and names', () => {
        expect(read('event: opened\ndata: {"a":1}\nid: 1\n\n', 'event: ping\ndata: {}\n\n')).toEqual([
            { event: 'opened', data: '{"a":1}', id: '1' },
            { event: 'ping', data: '{}', id: undefined },
        ]);
    });

    it('gives the same however the text is cut', () => {
        const text = ': a comment\nevent: progress\ndata: one\ndata: two\nid: 7\n\ndata:x\n\n';
        const whole = read(text);
        expect(whole).toEqual([{ event: 'progress', data: 'one\ntwo', id: '7' }, { event: 'message', data: 'x', id: undefined }]);
        for (let cut = 1; cut < text.length; cut++) expect(read(text.slice(0, cut), text.slice(cut))).toEqual(whole);
        expect(read(...text)).toEqual(whole);
    });

    it('takes every kind of line end, cut in the middle too', () => {
        const expected = [{ event: 'a', data: 'b', id: undefined }];
        for (const end of ['\n', '\r', '\r\n']) expect(read(...`event: a${end}data: b${end}${end}`, 'x')).toEqual(expected);
    });

    it('gives no event without data', () => {
        expect(read('event: nothing\n\n', 'id: 3\n\n', 'retry: 2000\n\n')).toEqual([]);
    });
});
