import type { Progress } from '../api/types';
import { ProgressBar } from '../app/ProgressBar';
import { stageNames } from '../chat/RunProgress';
import { timeLeftText } from '../session/time';
import { useTimeLeft } from '../session/useTimeLeft';

/** How far the run under way is, on the picture: the conversation may be out of sight. */
export function RunStrip({ progress }: { progress: Progress }) {
    const left = useTimeLeft(progress);
    const isCounted = progress.stage === 'stepping' || progress.stage === 'finishing';
    const words = [stageNames[progress.stage], isCounted ? `${Math.round(progress.fraction * 100)} %` : '', timeLeftText(left)];
    return (
        <div className="run-strip" aria-hidden="true">
            <span>{words.filter(Boolean).join(' · ')}</span>
            <ProgressBar fraction={isCounted ? progress.fraction : undefined} label="Progress" />
        </div>
    );
}
