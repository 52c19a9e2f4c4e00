// A mask is a list of strokes in pixels of the picture, so it is drawn for the screen and for the file alike.

export interface Point {
    x: number;
    y: number;
}

export type Stroke =
    | { kind: 'line'; erase: boolean; radius: number; points: readonly Point[] }
    | { kind: 'invert' };

/** What is needed of a 2D context. */
export type Drawing = Pick<CanvasRenderingContext2D,
    'clearRect' | 'fillRect' | 'beginPath' | 'moveTo' | 'lineTo' | 'stroke' | 'arc' | 'fill' | 'fillStyle' | 'strokeStyle' | 'lineWidth' | 'lineCap' | 'lineJoin' | 'globalCompositeOperation'>;

/** Draws strokes: painted where the picture may change, clear elsewhere. */
export function drawStrokes(context: Drawing, strokes: readonly Stroke[], width: number, height: number, scale: number, colour: string): void {
    context.globalCompositeOperation = 'source-over';
    context.clearRect(0, 0, width, height);
    context.fillStyle = colour;
    context.strokeStyle = colour;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    for (const stroke of strokes) {
        if (stroke.kind === 'invert') {
            context.globalCompositeOperation = 'xor';
            context.fillRect(0, 0, width, height);
            continue;
        }
        context.globalCompositeOperation = stroke.erase ? 'destination-out' : 'source-over';
        drawLine(context, stroke.points, stroke.radius, scale);
    }
    context.globalCompositeOperation = 'source-over';
}

function drawLine(context: Drawing, points: readonly Point[], radius: number, scale: number): void {
    const [first, ...rest] = points;
    if (first === undefined) return;
    context.beginPath();
    if (rest.length === 0) {
        context.arc(first.x * scale, first.y * scale, radius * scale, 0, 2 * Math.PI);
        context.fill();
        return;
    }
    context.lineWidth = 2 * radius * scale;
    context.moveTo(first.x * scale, first.y * scale);
    for (const point of rest) context.lineTo(point.x * scale, point.y * scale);
    context.stroke();
}

/** How much of a mask is painted, 0..1, of its RGBA values. */
export function coverage(rgba: Uint8ClampedArray): number {
    let painted = 0;
    for (let i = 3; i < rgba.length; i += 4) if (rgba[i]! >= 128) painted++;
    return rgba.length === 0 ? 0 : painted / (rgba.length / 4);
}
