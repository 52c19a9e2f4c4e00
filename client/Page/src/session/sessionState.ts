import type { Progress, SessionEvent, Version } from '../api/types';

/** Everything that is shown of a session. It follows from the session's events alone, so a refresh builds it again. */
export interface SessionState {
    events: readonly SessionEvent[];
    /** In the order in which they were started. */
    versions: readonly Version[];
    currentVersionId?: string;
    /** How far the run under way is. */
    progress?: Progress;
    /** When that was told (performance.now), for the time that is left. */
    progressAt?: number;
    isDeleted: boolean;
}

export const emptySession: SessionState = { events: [], versions: [], isDeleted: false };

export type SessionAction =
    | { type: 'event'; event: SessionEvent }
    | { type: 'progress'; progress: Progress; at: number }
    | { type: 'deleted' };

export function reduceSession(state: SessionState, action: SessionAction): SessionState {
    switch (action.type) {
        case 'event': return addEvent(state, action.event);
        case 'progress': return addProgress(state, action);
        case 'deleted': return { ...state, isDeleted: true };
    }
}

function addEvent(state: SessionState, event: SessionEvent): SessionState {
    // A stream that was taken up again may say a thing twice.
    const last = state.events.at(-1)?.sequence ?? 0;
    if (event.sequence <= last) return state;
    const next: SessionState = {
        ...state,
        events: [...state.events, event],
        versions: event.version === undefined ? state.versions : putVersion(state.versions, event.version),
    };
    if (event.kind === 'opened' || event.kind === 'versionReady' || event.kind === 'checkedOut') next.currentVersionId = event.versionId ?? event.version?.id ?? state.currentVersionId;
    if (event.kind === 'runStarted' || endsRun(event)) {
        next.progress = undefined;
        next.progressAt = undefined;
    }
    return next;
}

function endsRun(event: SessionEvent): boolean {
    return event.kind === 'versionReady' || event.kind === 'runFailed' || event.kind === 'runCancelled';
}

function addProgress(state: SessionState, { progress, at }: { progress: Progress; at: number }): SessionState {
    // What comes late, of a run that has ended, is not shown.
    if (pendingVersion(state)?.runId !== progress.runId) return state;
    // The preview stays until there is a newer one.
    const preview = progress.preview ?? (state.progress?.runId === progress.runId ? state.progress.preview : undefined);
    return { ...state, progress: { ...progress, preview }, progressAt: at };
}

function putVersion(versions: readonly Version[], version: Version): Version[] {
    const index = versions.findIndex((one) => one.id === version.id);
    return index < 0 ? [...versions, version] : versions.with(index, version);
}

export function findVersion(state: SessionState, id: string | undefined): Version | undefined {
    return id === undefined ? undefined : state.versions.find((version) => version.id === id);
}

/** The version whose run is under way. */
export function pendingVersion(state: SessionState): Version | undefined {
    return state.versions.findLast((version) => version.state === 'pending');
}
