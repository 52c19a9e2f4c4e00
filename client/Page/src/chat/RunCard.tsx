import { pictureUrl } from '../api/pictures';
import type { Progress, Version } from '../api/types';
import { Thumbnail } from '../app/Thumbnail';
import { RunProgress } from './RunProgress';
import { RunDetails } from './RunDetails';

export interface RunCardProps {
    version: Version;
    progress: Progress | undefined;
    failure: string | undefined;
    isShown: boolean;
    onShow: (id: string) => void;
    onCancel: (runId: string) => void;
    /** Makes a version once more, with its own seed unless another is given. */
    onReplay: (versionId: string, seed?: number) => void;
}

/** A run and what came of it. */
export function RunCard({ version, progress, failure, isShown, onShow, onCancel, onReplay }: RunCardProps) {
    return (
        <div className={`run run-${version.state}`}>
            {version.state === 'pending' && <RunProgress progress={progress} onCancel={() => version.runId && onCancel(version.runId)} />}
            {version.state === 'ready' && version.image && (
                <div className="run-result">
                    <button type="button" className="thumb" onClick={() => onShow(version.id)} aria-label={`Show ${version.id}`} aria-pressed={isShown}>
                        <Thumbnail src={pictureUrl(version.image, 256)} />
                    </button>
                    <div>
                        <strong>{version.id}</strong>
                        <p className="hint">{version.image.width} × {version.image.height}</p>
                        <button type="button" className="quiet" onClick={() => onReplay(version.id, Math.floor(Math.random() * 2 ** 31))} title="The same once more, with another seed">Another take</button>
                    </div>
                </div>
            )}
            {version.state === 'failed' && (
                <div className="run-failed" role="alert">
                    <strong>{version.id} failed.</strong> {version.error?.message ?? failure ?? 'The cluster gave no reason.'}
                </div>
            )}
            {version.state === 'cancelled' && <p className="hint">{version.id} was cancelled.</p>}
            {(version.state === 'failed' || version.state === 'cancelled') && <div><button type="button" onClick={() => onReplay(version.id)}>Try again</button></div>}
            <RunDetails version={version} description={version.description ?? progress?.description} />
        </div>
    );
}
