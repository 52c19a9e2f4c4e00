import { useRef } from 'react';
import { stageNames } from '../chat/RunProgress';
import type { SessionState } from './sessionState';

/** Tells screen readers what happens, at every quarter of a run and no more often. */
export function Announcer({ state, isConnected }: { state: SessionState; isConnected: boolean }) {
    const quarter = useRef({ runId: '', value: -1 });
    const text = announcement(state, isConnected, quarter.current);
    return <p className="visually-hidden" aria-live="polite" role="status">{text}</p>;
}

/** What is said now. */
export function announcement(state: SessionState, isConnected: boolean, last: { runId: string; value: number }): string {
    if (!isConnected) return 'The connection is lost; looking for it again.';
    const { progress } = state;
    if (progress !== undefined) {
        const value = Math.floor(progress.fraction * 4) * 25;
        // A run that starts over somewhere else is not announced backwards.
        if (last.runId !== progress.runId || value > last.value) Object.assign(last, { runId: progress.runId, value });
        return progress.stage === 'stepping' ? `${stageNames.stepping}, ${last.value} percent` : stageNames[progress.stage];
    }

    const event = state.events.at(-1);
    switch (event?.kind) {
        case 'runStarted': return 'The run has started.';
        case 'versionReady': return `Version ${event.versionId ?? ''} is ready.`;
        case 'runFailed': return `The run failed: ${event.version?.error?.message ?? event.answer ?? ''}`;
        case 'runCancelled': return 'The run was cancelled.';
        case 'checkedOut': return `Version ${event.versionId ?? ''} is the current one.`;
        default: return '';
    }
}
