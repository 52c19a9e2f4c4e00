import { useEffect, useRef, useState, type CSSProperties } from 'react';
import { uploadImage } from '../api/darkroom';
import { pictureUrl } from '../api/pictures';
import { messageOf } from '../api/problem';
import type { Image } from '../api/types';
import { ErrorNote } from '../app/ErrorNote';
import { makeMaskFile, measure } from './maskFile';
import { MaskTools } from './MaskTools';
import { drawStrokes } from './strokes';
import { useBrush } from './useBrush';

/** A mask that the server has. */
export interface Mask {
    hash: string;
    /** How much of the picture may change, 0..1. */
    share: number;
    /** Width of its soft edge (pixels). */
    feather: number;
}

export interface MaskEditorProps {
    image: Image;
    name: string;
    onDone: (mask: Mask) => void;
    onCancel: () => void;
}

const longestSide = 1600;

/** Paints over the part of the picture that may change. */
export function MaskEditor({ image, name, onDone, onCancel }: MaskEditorProps) {
    const brush = useBrush(image);
    const canvas = useRef<HTMLCanvasElement>(null);
    const [error, setError] = useState<string>();
    const [feather, setFeather] = useState(16);
    const [isBusy, setBusy] = useState(false);
    const scale = Math.min(1, longestSide / Math.max(image.width, image.height));

    useEffect(() => canvas.current?.focus(), []);
    useEffect(() => {
        const drawing = canvas.current?.getContext('2d');
        if (drawing) drawStrokes(drawing, brush.strokes, drawing.canvas.width, drawing.canvas.height, scale, '#ff5a36');
    }, [brush.strokes, scale]);

    const use = async () => {
        setBusy(true);
        setError(undefined);
        try {
            const share = measure(brush.strokes, image);
            if (share === 0) throw new Error('Nothing is painted yet: paint over what may change.');
            const uploaded = await uploadImage(await makeMaskFile(brush.strokes, image));
            onDone({ hash: uploaded.hash, share, feather });
        } catch (problem) {
            setError(messageOf(problem));
            setBusy(false);
        }
    };

    const ring: CSSProperties | undefined = brush.cursor && {
        left: `${(brush.cursor.x / image.width) * 100}%`,
        top: `${(brush.cursor.y / image.height) * 100}%`,
        width: `${((2 * brush.radius) / image.width) * 100}%`,
    };
    return (
        <section className="picture mask" aria-label="Mask">
            <div className="picture-frame mask-frame">
                <div className="mask-stage" style={{ '--aspect': String(image.width / image.height) } as CSSProperties}>
                    <img src={pictureUrl(image, 2048)} alt={`Picture ${name}`} draggable={false} />
                    <canvas
                        ref={canvas} width={Math.max(1, Math.round(image.width * scale))} height={Math.max(1, Math.round(image.height * scale))} tabIndex={0} role="application"
                        aria-label="Mask. Arrow keys move the brush, space paints, E changes between painting and erasing, square brackets change its size, Z takes a stroke back."
                        onPointerDown={brush.onPointerDown} onPointerMove={brush.onPointerMove} onPointerUp={brush.onPointerUp} onPointerCancel={brush.onPointerUp}
                        onPointerLeave={brush.onPointerLeave} onKeyDown={brush.onKeyDown}
                    />
                    {ring && <span className={brush.erase ? 'ring ring-erase' : 'ring'} style={ring} aria-hidden="true" />}
                </div>
            </div>
            <ErrorNote message={error} />
            <MaskTools brush={brush} image={image} feather={feather} onFeather={setFeather} isBusy={isBusy} onUse={() => void use()} onCancel={onCancel} />
        </section>
    );
}
