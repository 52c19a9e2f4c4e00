import type { Image } from '../api/types';
import { coverage, drawStrokes, type Stroke } from './strokes';

const measureWidth = 256;

/** Makes the mask as the server wants it: a picture as large as the one to restore, white where it may change. */
export async function makeMaskFile(strokes: readonly Stroke[], image: Image): Promise<Blob> {
    const { canvas, context } = newCanvas(image.width, image.height);
    drawStrokes(context, strokes, image.width, image.height, 1, '#fff');
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = '#000';
    context.fillRect(0, 0, image.width, image.height);
    return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => (blob === null ? reject(new Error('The mask is too large for this browser.')) : resolve(blob)), 'image/png');
    });
}

/** How much of the picture the strokes leave free to change, 0..1. */
export function measure(strokes: readonly Stroke[], image: Image): number {
    if (strokes.length === 0) return 0;
    const scale = Math.min(1, measureWidth / image.width);
    const width = Math.max(1, Math.round(image.width * scale));
    const height = Math.max(1, Math.round(image.height * scale));
    const { context } = newCanvas(width, height);
    drawStrokes(context, strokes, width, height, scale, '#fff');
    return coverage(context.getImageData(0, 0, width, height).data);
}

function newCanvas(width: number, height: number) {
    const canvas = document.createElement('canvas');
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('This browser cannot draw a mask of that size.');
    return { canvas, context };
}
