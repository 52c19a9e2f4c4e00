import { useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { Image } from '../api/types';
import type { Point, Stroke } from './strokes';

export interface Brush {
    strokes: readonly Stroke[];
    radius: number;
    erase: boolean;
    /** Where the brush is, in pixels of the picture; undefined before it is anywhere. */
    cursor: Point | undefined;
    setRadius: (radius: number) => void;
    setErase: (erase: boolean) => void;
    undo: () => void;
    clear: () => void;
    invert: () => void;
    onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => void;
    onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => void;
    onPointerUp: () => void;
    onPointerLeave: () => void;
    onKeyDown: (event: KeyboardEvent) => void;
}

/** The strokes of a mask, drawn by pointer or by keys. */
export function useBrush(image: Image): Brush {
    const side = Math.max(image.width, image.height);
    const maxRadius = side / 4;
    const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
    const [radius, setRadius] = useState(Math.max(2, side / 30));
    const [erase, setErase] = useState(false);
    const [cursor, setCursor] = useState<Point>();
    const isDrawing = useRef(false);

    const begin = (point: Point) => setStrokes((before) => [...before, { kind: 'line', erase, radius, points: [point] }]);
    const extend = (point: Point) => setStrokes((before) => {
        const last = before.at(-1);
        return last?.kind === 'line' ? [...before.slice(0, -1), { ...last, points: [...last.points, point] }] : before;
    });
    const undo = () => setStrokes((before) => before.slice(0, -1));
    const grow = (factor: number) => setRadius(Math.min(Math.max(radius * factor, 1), maxRadius));

    const pointOf = (event: PointerEvent<HTMLCanvasElement>): Point => {
        const frame = event.currentTarget.getBoundingClientRect();
        return { x: ((event.clientX - frame.left) / frame.width) * image.width, y: ((event.clientY - frame.top) / frame.height) * image.height };
    };

    const move = (dx: number, dy: number) => {
        const from = cursor ?? { x: image.width / 2, y: image.height / 2 };
        setCursor({ x: Math.min(Math.max(from.x + dx, 0), image.width), y: Math.min(Math.max(from.y + dy, 0), image.height) });
    };

    const keys: Partial<Record<string, () => void>> = {
        'ArrowLeft': () => move(-radius / 2, 0),
        'ArrowRight': () => move(radius / 2, 0),
        'ArrowUp': () => move(0, -radius / 2),
        'ArrowDown': () => move(0, radius / 2),
        ' ': () => begin(cursor ?? { x: image.width / 2, y: image.height / 2 }),
        'e': () => setErase(!erase),
        '[': () => grow(1 / 1.25),
        ']': () => grow(1.25),
        'z': undo,
    };

    return {
        strokes, radius, erase, cursor, setRadius, setErase, undo,
        clear: () => setStrokes([]),
        invert: () => setStrokes((before) => [...before, { kind: 'invert' }]),
        onPointerDown: (event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            isDrawing.current = true;
            begin(pointOf(event));
        },
        onPointerMove: (event) => {
            const point = pointOf(event);
            setCursor(point);
            if (isDrawing.current) extend(point);
        },
        onPointerUp: () => {
            isDrawing.current = false;
        },
        onPointerLeave: () => {
            if (!isDrawing.current) setCursor(undefined);
        },
        onKeyDown: (event) => {
            const act = keys[event.key];
            if (act === undefined || event.altKey) return;
            event.preventDefault();
            act();
        },
    };
}
