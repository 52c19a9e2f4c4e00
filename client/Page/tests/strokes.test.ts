import { describe, expect, it } from 'vitest';
import { coverage, drawStrokes, type Drawing, type Stroke } from '../src/mask/strokes';

/** Writes down what is drawn. */
function record(strokes: Stroke[], scale = 1) {
    const calls: string[] = [];
    const drawing = new Proxy({} as Record<string, unknown>, {
        get: (target, name: string) => target[name] ?? ((...values: number[]) => calls.push(`${String(target['globalCompositeOperation'])} ${name} ${values.map((value) => Math.round(value)).join(',')}`)),
    });
    drawStrokes(drawing as unknown as Drawing, strokes, 100, 50, scale, '#fff');
    return { calls, lineWidth: drawing['lineWidth'] };
}

describe('drawStrokes', () => {
    it('draws on nothing, in pixels of the picture times the scale', () => {
        const { calls, lineWidth } = record([{ kind: 'line', erase: false, radius: 4, points: [{ x: 10, y: 20 }, { x: 30, y: 40 }] }], 0.5);
        expect(calls).toEqual(['source-over clearRect 0,0,100,50', 'source-over beginPath ', 'source-over moveTo 5,10', 'source-over lineTo 15,20', 'source-over stroke ']);
        expect(lineWidth).toBe(4);
    });

    it('draws a touch as a dot, takes away what is erased, and turns all around', () => {
        const { calls } = record([{ kind: 'line', erase: true, radius: 3, points: [{ x: 1, y: 2 }] }, { kind: 'invert' }]);
        expect(calls.slice(1)).toEqual(['destination-out beginPath ', 'destination-out arc 1,2,3,0,6', 'destination-out fill ', 'xor fillRect 0,0,100,50']);
    });

    it('measures what is painted', () => {
        expect(coverage(new Uint8ClampedArray([0, 0, 0, 255, 0, 0, 0, 0, 9, 9, 9, 127, 1, 1, 1, 128]))).toBe(0.5);
        expect(coverage(new Uint8ClampedArray())).toBe(0);
    });
});
