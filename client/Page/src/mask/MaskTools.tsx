import type { Image } from '../api/types';
import type { Brush } from './useBrush';

export interface MaskToolsProps {
    brush: Brush;
    image: Image;
    feather: number;
    onFeather: (feather: number) => void;
    isBusy: boolean;
    onUse: () => void;
    onCancel: () => void;
}

/** The brush and what else changes a mask. */
export function MaskTools({ brush, image, feather, onFeather, isBusy, onUse, onCancel }: MaskToolsProps) {
    const isEmpty = brush.strokes.length === 0;
    const largest = Math.round(Math.max(image.width, image.height) / 4);
    return (
        <div className="toolbar" role="toolbar" aria-label="Mask">
            <div className="group">
                <button type="button" aria-pressed={!brush.erase} onClick={() => brush.setErase(false)}>Paint</button>
                <button type="button" aria-pressed={brush.erase} onClick={() => brush.setErase(true)}>Erase</button>
                <label className="brush-size">
                    <span>Size</span>
                    <input type="range" min={1} max={largest} value={Math.round(brush.radius)} onChange={(event) => brush.setRadius(Number(event.target.value))} aria-valuetext={`${Math.round(brush.radius)} pixels`} />
                </label>
                <label className="brush-size">
                    <span>Soft edge</span>
                    <input type="range" min={0} max={128} value={feather} onChange={(event) => onFeather(Number(event.target.value))} aria-valuetext={`${feather} pixels`} />
                </label>
            </div>
            <div className="group">
                <button type="button" onClick={brush.undo} disabled={isEmpty}>Undo stroke</button>
                <button type="button" onClick={brush.invert}>Invert</button>
                <button type="button" onClick={brush.clear} disabled={isEmpty}>Clear</button>
            </div>
            <div className="group">
                <button type="button" onClick={onCancel}>Cancel</button>
                <button type="button" className="primary" onClick={onUse} disabled={isEmpty || isBusy}>Use mask</button>
            </div>
        </div>
    );
}
