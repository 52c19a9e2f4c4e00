import { useRef } from 'react';
import type { Progress } from '../api/types';
import { seconds, timeLeft } from './time';

/** How long the run under way still takes (seconds); undefined before that can be said. */
export function useTimeLeft(progress: Progress | undefined): number | undefined {
    const start = useRef<{ runId: string; fraction: number; elapsed: number }>(undefined);
    if (progress?.stage !== 'stepping') return undefined;
    const elapsed = seconds(progress.elapsed);
    // Where this page saw the steps begin; a run that starts over, on another silo, falls behind that.
    const known = start.current;
    if (known?.runId !== progress.runId || progress.fraction < known.fraction) start.current = { runId: progress.runId, fraction: progress.fraction, elapsed };
    return timeLeft(progress.fraction, elapsed, start.current!);
}
