/** What a picture's file says of itself. */
export interface FileFacts {
    width: number;
    height: number;
    /** Bits of a channel. */
    depth: number;
    /** EXIF's ImageDescription. */
    description: string | undefined;
}

const imageWidth = 256, imageLength = 257, bitsPerSample = 258, imageDescription = 270;

export function readPng(file: Buffer): FileFacts {
    const facts: FileFacts = { width: file.readUInt32BE(16), height: file.readUInt32BE(20), depth: file.readUInt8(24), description: undefined };
    for (let at = 8; at < file.length;) {
        const length = file.readUInt32BE(at);
        if (file.toString('latin1', at + 4, at + 8) === 'eXIf') facts.description = new TiffReader(file.subarray(at + 8, at + 8 + length)).text(imageDescription);
        at += 12 + length;
    }
    return facts;
}

export function readTiff(file: Buffer): FileFacts {
    const tiff = new TiffReader(file);
    return { width: tiff.number(imageWidth), height: tiff.number(imageLength), depth: tiff.number(bitsPerSample), description: tiff.text(imageDescription) };
}

/** Reads the EXIF part of a JPEG file. */
export function readJpegDescription(file: Buffer): string | undefined {
    for (let at = 2; file[at] === 0xff && file[at + 1] !== 0xda;) {
        const length = file.readUInt16BE(at + 2);
        if (file[at + 1] === 0xe1 && file.toString('latin1', at + 4, at + 8) === 'Exif') return new TiffReader(file.subarray(at + 10, at + 2 + length)).text(imageDescription);
        at += 2 + length;
    }
    return undefined;
}

/** Reads the first directory of a TIFF file. */
class TiffReader {
    private readonly isLittle: boolean;

    constructor(private readonly bytes: Buffer) {
        this.isLittle = bytes.toString('latin1', 0, 2) === 'II';
    }

    /** The first value of a tag. */
    number(tag: number): number {
        const at = this.find(tag);
        if (at === undefined) throw new Error(`There is no tag ${tag}.`);
        const isShort = this.short(at + 2) === 3;
        const size = isShort ? 2 : 4;
        const place = this.long(at + 4) * size > 4 ? this.long(at + 8) : at + 8;
        return isShort ? this.short(place) : this.long(place);
    }

    text(tag: number): string | undefined {
        const at = this.find(tag);
        if (at === undefined) return undefined;
        const count = this.long(at + 4);
        const place = count > 4 ? this.long(at + 8) : at + 8;
        return this.bytes.toString('utf8', place, place + count).replace(/\0+$/, '');
    }

    private find(tag: number): number | undefined {
        const directory = this.long(4);
        const places = Array.from({ length: this.short(directory) }, (_, index) => directory + 2 + 12 * index);
        return places.find((at) => this.short(at) === tag);
    }

    private short(at: number): number {
        return this.isLittle ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
    }

    private long(at: number): number {
        return this.isLittle ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
    }
}
