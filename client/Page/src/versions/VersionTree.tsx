import { useEffect, useRef } from 'react';
import { pictureUrl } from '../api/pictures';
import type { Version } from '../api/types';
import { Thumbnail } from '../app/Thumbnail';
import { layOutTree, type PlacedVersion } from './treeLayout';

export interface VersionTreeProps {
    versions: readonly Version[];
    currentId: string | undefined;
    shownId: string | undefined;
    isBusy: boolean;
    onShow: (id: string) => void;
    onBranch: (id: string) => void;
    onUndo: () => void;
}

const cell = 76;
const lineHeight = 66;

/** The versions with their pictures: which came from which, which one is shown, and which one the next message is about. */
export function VersionTree({ versions, currentId, shownId, isBusy, onShow, onBranch, onUndo }: VersionTreeProps) {
    const placed = layOutTree(versions);
    const columns = Math.max(0, ...placed.map((one) => one.column)) + 1;
    const rows = Math.max(0, ...placed.map((one) => one.row)) + 1;
    const current = versions.find((version) => version.id === currentId);
    const shown = versions.find((version) => version.id === shownId);
    const scroll = useRef<HTMLDivElement>(null);

    useEffect(() => {
        scroll.current?.querySelector('[aria-current="true"]')?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' });
    }, [currentId, versions.length]);

    return (
        <section className="versions" aria-label="Versions">
            <div className="versions-head">
                <h2>Versions</h2>
                <div className="group">
                    <button type="button" onClick={onUndo} disabled={isBusy || current?.parentId === undefined} title="Back to the version that this one was made from">Undo</button>
                    <button type="button" onClick={() => shown && onBranch(shown.id)} disabled={isBusy || shown?.image === undefined || shownId === currentId} title="What is asked next starts from the version shown">
                        Go on from {shown !== undefined && shownId !== currentId ? shown.id : 'here'}
                    </button>
                </div>
            </div>
            <div className="versions-scroll" ref={scroll}>
                <div className="versions-grid" style={{ width: columns * cell, height: rows * lineHeight }}>
                    <svg className="versions-lines" width={columns * cell} height={rows * lineHeight} aria-hidden="true">
                        {placed.map((one) => one.parentRow !== undefined && <path key={one.version.id} d={line(one, one.parentRow)} />)}
                    </svg>
                    <ul>
                        {placed.map((one) => (
                            <li key={one.version.id} style={{ left: one.column * cell, top: one.row * lineHeight }}>
                                <VersionButton version={one.version} isCurrent={one.version.id === currentId} isShown={one.version.id === shownId} onShow={onShow} />
                            </li>
                        ))}
                    </ul>
                </div>
            </div>
        </section>
    );
}

function line({ column, row }: PlacedVersion, parentRow: number): string {
    const y = (value: number) => value * lineHeight + 26;
    const x = column * cell;
    return `M ${x - cell + 30} ${y(parentRow)} C ${x} ${y(parentRow)}, ${x - 30} ${y(row)}, ${x + 6} ${y(row)}`;
}

function VersionButton({ version, isCurrent, isShown, onShow }: { version: Version; isCurrent: boolean; isShown: boolean; onShow: (id: string) => void }) {
    const from = version.parentId === undefined ? 'as opened' : `${version.kind ?? 'made'} from ${version.parentId}${version.instruction ? `: ${version.instruction}` : ''}`;
    const state = { pending: ', under way', ready: '', failed: ', failed', cancelled: ', cancelled' }[version.state];
    return (
        <button
            type="button" className={`version version-${version.state}`} aria-pressed={isShown} aria-current={isCurrent} disabled={version.image === undefined}
            onClick={() => onShow(version.id)} title={`${version.id}: ${from}${state}`} aria-label={`${version.id}, ${from}${state}${isCurrent ? ', current' : ''}`}
        >
            {version.image ? <Thumbnail src={pictureUrl(version.image, 128)} loading="lazy" /> : <span className="version-empty" aria-hidden="true">{version.state === 'pending' ? '…' : '×'}</span>}
            <span className="version-name" aria-hidden="true">{version.id}</span>
        </button>
    );
}
