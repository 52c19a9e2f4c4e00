import type { Image } from './types';

const widths = [256, 512, 1024, 2048, 4096];

/** The address of a picture that is at least so wide (pixels), in a format that every browser shows. */
export function pictureUrl(image: Image, width: number): string {
    return `/v1/images/${encodeURIComponent(image.hash)}?width=${width}`;
}

/** The address of a picture in its own size, without loss to the eye. */
export function fullPictureUrl(image: Image): string {
    return `/v1/images/${encodeURIComponent(image.hash)}?format=png&depth=8`;
}

/** A picture to look at; a preview has an address of its own, in its one size. */
export type ShownPicture = Image & { address?: string };

/** The picture as a run shows it while it is under way. */
export const previewOf = (run: string, preview: Image): ShownPicture => ({ ...preview, address: `/v1/runs/${encodeURIComponent(run)}/previews/${encodeURIComponent(preview.hash)}` });

export interface PictureLevel {
    url: string;
    width: number;
    height: number;
}

/** The sizes of a picture from small to full, for a viewer that takes what its zoom needs. */
export function pictureLevels(image: ShownPicture): PictureLevel[] {
    if (image.address !== undefined) return [{ url: image.address, width: image.width, height: image.height }];
    const smaller = widths.filter((width) => width < image.width).map((width) => ({
        url: pictureUrl(image, width),
        width,
        height: Math.max(1, Math.round((image.height * width) / image.width)),
    }));
    return [...smaller, { url: fullPictureUrl(image), width: image.width, height: image.height }];
}

const rawEndings = ['arw', 'cr2', 'cr3', 'crw', 'dng', 'erf', 'iiq', 'kdc', 'mrw', 'nef', 'nrw', 'orf', 'pef', 'raf', 'raw', 'rw2', 'rwl', 'srf', 'srw', 'x3f'];

/** What a file dialog offers; the server looks at the content, whatever the name. */
export const acceptedFiles = ['image/*', '.tif', '.tiff', ...rawEndings.map((ending) => `.${ending}`)].join(',');

/** Whether a name looks like that of a camera's RAW file, which browsers cannot show. */
export function isRawName(name: string): boolean {
    return rawEndings.includes(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
}
