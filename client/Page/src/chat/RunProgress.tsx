import type { Progress } from '../api/types';
import { ProgressBar } from '../app/ProgressBar';
import { durationText, seconds, timeLeftText } from '../session/time';
import { useTimeLeft } from '../session/useTimeLeft';

export const stageNames: Record<Progress['stage'], string> = {
    queued: 'Waiting for a device', preparing: 'Looking at the picture', stepping: 'Restoring', finishing: 'Putting it together',
    completed: 'Done', failed: 'Failed', cancelled: 'Cancelled',
};

/** How far a run is, and the way to end it. */
export function RunProgress({ progress, onCancel }: { progress: Progress | undefined; onCancel: () => void }) {
    const left = useTimeLeft(progress);
    const isCounted = progress !== undefined && progress.stage !== 'queued' && progress.stage !== 'preparing';
    return (
        <div className="run-progress">
            <div className="run-line">
                <span>{progress ? stageNames[progress.stage] : 'Starting'}{isCounted ? ` · ${Math.round(progress.fraction * 100)} %` : ''}</span>
                <button type="button" className="quiet" onClick={onCancel}>Cancel</button>
            </div>
            <ProgressBar fraction={isCounted ? progress.fraction : undefined} label="Progress of the run" />
            <p className="hint">{progress ? [steps(progress), durationText(seconds(progress.elapsed)), timeLeftText(left)].filter(Boolean).join(' · ') : 'Asking the cluster'}</p>
        </div>
    );
}

function steps({ tile, tileCount, step, stepCount }: Progress): string {
    const tiles = tileCount > 1 ? `tile ${Math.min(tile + 1, tileCount)} of ${tileCount}` : '';
    const counted = stepCount > 1 ? `step ${step} of ${stepCount}` : '';
    return [tiles, counted].filter(Boolean).join(', ');
}
