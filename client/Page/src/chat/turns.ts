import type { SessionEvent, Version } from '../api/types';
import type { SessionState } from '../session/sessionState';

/** A line of the conversation. */
export type Entry =
    | { kind: 'opened'; key: string; version: Version | undefined }
    | { kind: 'turn'; key: string; event: SessionEvent; version: Version | undefined; failure: string | undefined }
    | { kind: 'moved'; key: string; versionId: string };

/** Makes the conversation of a session's events: what became of a run stands with the words that started it. */
export function conversation(state: SessionState): Entry[] {
    const entries: Entry[] = [];
    for (const event of state.events) {
        const key = String(event.sequence);
        const version = state.versions.find((one) => one.id === (event.versionId ?? event.version?.id));
        switch (event.kind) {
            case 'opened':
                entries.push({ kind: 'opened', key, version });
                break;
            case 'answered':
            case 'roundsEnded':
            case 'roundsSettled':
                entries.push({ kind: 'turn', key, event, version: undefined, failure: undefined });
                break;
            case 'runStarted':
                entries.push({ kind: 'turn', key, event, version, failure: failureOf(state, event.runId) });
                break;
            case 'checkedOut':
                entries.push({ kind: 'moved', key, versionId: event.versionId ?? '' });
                break;
            default:
                break;
        }
    }
    return entries;
}

function failureOf(state: SessionState, runId: string | undefined): string | undefined {
    return state.events.find((event) => event.kind === 'runFailed' && event.runId === runId)?.answer;
}

/** What the page itself adds to the conversation: words on their way, and those that the server refused. */
export interface LocalTurn {
    turnId: string;
    text: string;
    /** Why it was not taken; undefined while it is on its way. */
    refusal?: string;
}

/** Words on their way that the history does not have yet. */
export function unconfirmed(local: readonly LocalTurn[], state: SessionState): LocalTurn[] {
    const known = new Set(state.events.map((event) => event.turnId));
    return local.filter((turn) => !known.has(turn.turnId));
}
