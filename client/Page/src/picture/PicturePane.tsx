import { useCallback, useRef, useState } from 'react';
import { previewOf } from '../api/pictures';
import type { Progress, Version } from '../api/types';
import { Divider } from './Divider';
import { DownloadMenu } from './DownloadMenu';
import { PictureCanvas, type ViewerHandle } from './PictureCanvas';
import { PictureToolbar } from './PictureToolbar';
import { RunStrip } from './RunStrip';

export interface PicturePaneProps {
    session: string;
    versions: readonly Version[];
    shown: Version;
    /** How far the run under way is. */
    progress: Progress | undefined;
    /** Whether its newest preview is shown instead, once there is one. */
    showsPreview: boolean;
    /** Whether the mask was drawn just now: the keyboard goes on where it began. */
    comesFromMask: boolean;
    onMask: () => void;
}

/** The picture, alone or beside the one it was made from. */
export function PicturePane({ session, versions, shown, progress, showsPreview, comesFromMask, onMask }: PicturePaneProps) {
    const viewer = useRef<ViewerHandle>(null);
    const [isComparing, setComparing] = useState(false);
    const [beforeId, setBeforeId] = useState<string>();
    const [divider, setDivider] = useState(0.5);
    const [zoom, setZoom] = useState(1);
    const onZoom = useCallback((value: number) => setZoom(value), []);

    const preview = showsPreview && progress?.preview !== undefined ? previewOf(progress.runId, progress.preview) : undefined;
    const after = preview ?? shown.image;
    const others = versions.filter((version) => version.image !== undefined && (preview !== undefined || version.id !== shown.id));
    const usual = preview !== undefined ? shown.id : shown.parentId;
    const before = others.find((version) => version.id === beforeId) ?? others.find((version) => version.id === usual) ?? others[0];
    const shownName = preview !== undefined ? 'preview' : shown.id;
    const compared = isComparing ? before : undefined;
    if (after === undefined) return null;

    const label = `${compared ? `${compared.id} on the left, ${shownName} on the right` : `Picture ${shownName}`}. Arrow keys move it, + and - zoom, 0 fits it.`;
    return (
        <section className="picture" aria-label="Picture">
            <div className="picture-frame">
                <div className="viewer-box">
                    <PictureCanvas ref={viewer} after={after} before={compared?.image} divider={divider} label={label} onZoom={onZoom} />
                    {compared && <Divider value={divider} onChange={setDivider} />}
                </div>
                {progress && <RunStrip progress={progress} />}
                {compared && <span className="corner corner-left">Before · {compared.id}</span>}
                <span className="corner corner-right">{compared ? 'After · ' : ''}{preview !== undefined ? 'Preview' : shown.id}</span>
            </div>
            <PictureToolbar
                zoom={zoom} viewer={viewer} canCompare={before !== undefined} isComparing={compared !== undefined} onCompare={() => setComparing(!isComparing)}
                before={before} others={others} onBefore={setBeforeId}
            >
                <button type="button" autoFocus={comesFromMask} onClick={onMask} disabled={preview !== undefined} title="Choose the part of the picture that may change">Mask</button>
                {shown.image && <DownloadMenu session={session} version={shown} />}
            </PictureToolbar>
        </section>
    );
}
