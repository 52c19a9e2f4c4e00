import { describe, expect, it } from 'vitest';
import { durationText, seconds, timeLeft, timeLeftText } from '../src/session/time';

describe('time', () => {
    it('reads durations of the API', () => {
        expect(seconds('00:01:02.5000000')).toBe(62.5);
        expect(seconds('1.02:00:00')).toBe(26 * 3600);
        expect(seconds('soon')).toBe(0);
    });

    it('writes durations for people', () => {
        expect([0.25, 4, 59.4, 75, 3700].map(durationText)).toEqual(['0.3 s', '4 s', '59 s', '1 min 15 s', '1 h 1 min']);
    });

    it('tells what is left by the pace of the steps', () => {
        expect(timeLeft(0.5, 30, { fraction: 0, elapsed: 20 })).toBe(10);
        expect(timeLeft(0.01, 30, { fraction: 0, elapsed: 20 })).toBeUndefined();
        expect(timeLeft(0.5, 30, { fraction: 0.5, elapsed: 30 })).toBeUndefined();
    });

    it('does not pretend to know seconds', () => {
        expect([undefined, 2, 11, 61, 7000].map(timeLeftText)).toEqual(['', 'a few seconds left', 'about 15 s left', 'about 2 min left', 'about 2 h left']);
    });
});
