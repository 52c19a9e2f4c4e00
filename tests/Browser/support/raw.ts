/** A camera's RAW file, as far as a sensor can be computed: a DNG with a mosaic (RGGB, 16 bit, uncompressed). */
export function drawRaw(width: number, height: number): Buffer {
    const black = 512;
    const white = 16383;
    const values = Buffer.alloc(2 * width * height);
    for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
            // Reds and blues of the sensor are half as sensitive, as the white balance below says.
            const gain = (x + y) % 2 === 1 ? 1 : 0.5;
            const light = 0.15 + 0.5 * (x / width) + 0.1 * Math.sin(y / 9);
            values.writeUInt16LE(Math.round(black + (white - black) * light * gain), 2 * (y * width + x));
        }
    }

    const matrix = [0.9, -0.3, -0.1, -0.5, 1.3, 0.2, -0.1, 0.2, 0.6];
    const entries = (dataAt: number): [tag: number, type: number, values: number[] | string][] => [
        [254, 4, [0]], [256, 4, [width]], [257, 4, [height]], [258, 3, [16]], [259, 3, [1]], [262, 3, [32803]], [271, 2, 'Darkroom'], [272, 2, 'Testcam'],
        [273, 4, [dataAt]], [274, 3, [1]], [277, 3, [1]], [278, 4, [height]], [279, 4, [values.length]], [284, 3, [1]], [33421, 3, [2, 2]], [33422, 1, [0, 1, 1, 2]],
        [50706, 1, [1, 4, 0, 0]], [50707, 1, [1, 1, 0, 0]], [50708, 2, 'Darkroom Testcam'], [50710, 1, [0, 1, 2]], [50711, 3, [1]], [50713, 3, [1, 1]], [50714, 5, [black]],
        [50717, 4, [white]], [50721, 10, matrix], [50728, 5, [0.5, 1, 0.5]], [50778, 3, [21]],
    ];
    // Its length does not depend on where the values begin.
    const length = directory(entries(0)).length;
    return Buffer.concat([directory(entries(length)), values]);
}

const sizes: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 10: 8 };

function directory(entries: [tag: number, type: number, values: number[] | string][]): Buffer {
    const head = Buffer.alloc(8 + 2 + 12 * entries.length + 4);
    head.write('II');
    head.writeUInt16LE(42, 2);
    head.writeUInt32LE(8, 4);
    head.writeUInt16LE(entries.length, 8);
    const more: Buffer[] = [];
    let at = head.length;
    entries.forEach(([tag, type, values], index) => {
        const bytes = encode(type, values);
        const place = 10 + 12 * index;
        head.writeUInt16LE(tag, place);
        head.writeUInt16LE(type, place + 2);
        head.writeUInt32LE(bytes.length / sizes[type]!, place + 4);
        if (bytes.length <= 4) bytes.copy(head, place + 8);
        else {
            const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
            head.writeUInt32LE(at, place + 8);
            more.push(padded);
            at += padded.length;
        }
    });
    return Buffer.concat([head, ...more]);
}

function encode(type: number, values: number[] | string): Buffer {
    if (typeof values === 'string') return Buffer.from(`${values}\0`, 'ascii');
    const bytes = Buffer.alloc(sizes[type]! * values.length);
    values.forEach((value, index) => {
        const at = sizes[type]! * index;
        if (type === 1) bytes.writeUInt8(value, at);
        else if (type === 3) bytes.writeUInt16LE(value, at);
        else if (type === 4) bytes.writeUInt32LE(value, at);
        else {
            bytes.writeInt32LE(Math.round(value * 10_000), at);
            bytes.writeInt32LE(10_000, at + 4);
        }
    });
    return bytes;
}
