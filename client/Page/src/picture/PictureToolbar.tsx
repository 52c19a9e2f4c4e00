import type { ReactNode, RefObject } from 'react';
import type { Version } from '../api/types';
import type { ViewerHandle } from './PictureCanvas';

export interface PictureToolbarProps {
    zoom: number;
    viewer: RefObject<ViewerHandle | null>;
    canCompare: boolean;
    isComparing: boolean;
    onCompare: () => void;
    before: Version | undefined;
    others: readonly Version[];
    onBefore: (id: string) => void;
    children: ReactNode;
}

/** Zoom, comparison and what else can be done with the picture. */
export function PictureToolbar({ zoom, viewer, canCompare, isComparing, onCompare, before, others, onBefore, children }: PictureToolbarProps) {
    return (
        <div className="toolbar" role="toolbar" aria-label="Picture">
            <div className="group">
                <button type="button" onClick={() => viewer.current?.zoomBy(1 / 1.5)} aria-label="Zoom out">−</button>
                <button type="button" className="zoom" onClick={() => viewer.current?.actualSize()} title="One pixel of the picture on one of the screen">{Math.round(zoom * 100)} %</button>
                <button type="button" onClick={() => viewer.current?.zoomBy(1.5)} aria-label="Zoom in">+</button>
                <button type="button" onClick={() => viewer.current?.fit()}>Fit</button>
            </div>
            <div className="group">
                <button type="button" aria-pressed={isComparing} disabled={!canCompare} onClick={onCompare}>Compare</button>
                {isComparing && others.length > 1 && (
                    <select value={before?.id} onChange={(event) => onBefore(event.target.value)} aria-label="Compare with">
                        {others.map((version) => <option key={version.id} value={version.id}>{version.id}</option>)}
                    </select>
                )}
            </div>
            <div className="group">{children}</div>
        </div>
    );
}
