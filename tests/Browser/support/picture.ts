import { crc32, deflateSync } from 'node:zlib';

/** A PNG file: soft colours with noise (of 255), always the same. */
export function drawPicture(width: number, height: number, noise = 50): Buffer {
    const rows = Buffer.alloc((1 + 3 * width) * height);
    let seed = 1;
    for (let y = 0, at = 0; y < height; y++) {
        rows[at++] = 0;
        for (let x = 0; x < width; x++) {
            for (let channel = 0; channel < 3; channel++) {
                seed = (seed * 1103515245 + 12345) % 2 ** 31;
                const soft = 128 + 70 * Math.sin((x + 40 * channel) / 31) * Math.cos(y / 23);
                rows[at++] = Math.max(0, Math.min(255, Math.round(soft + (seed / 2 ** 31 - 0.5) * noise)));
            }
        }
    }
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, 2, 0, 0, 0], 8);
    return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk('IHDR', header), chunk('IDAT', deflateSync(rows, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(name: string, data: Buffer): Buffer {
    const body = Buffer.concat([Buffer.from(name, 'ascii'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
}

export const photograph = { name: 'photo <b>.png', mimeType: 'image/png', buffer: drawPicture(320, 240) };

/** One that takes a while to restore. */
export const largePhotograph = () => ({ name: 'large.png', mimeType: 'image/png', buffer: drawPicture(2400, 1600, 4) });

export const brokenFile = { name: '<img src=x onerror=alert(1)>.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
