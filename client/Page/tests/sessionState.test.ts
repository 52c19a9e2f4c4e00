import { describe, expect, it } from 'vitest';
import { conversation, unconfirmed } from '../src/chat/turns';
import { emptySession, pendingVersion, reduceSession, type SessionState } from '../src/session/sessionState';
import { events, image, progress, version } from './support/session';

const play = (list = events, from: SessionState = emptySession) => list.reduce((state, event) => reduceSession(state, { type: 'event', event }), from);

describe('reduceSession', () => {
    it('builds the whole session of its events', () => {
        const state = play();
        expect(state.versions.map(({ id, state: stage }) => [id, stage])).toEqual([['v0', 'ready'], ['v1', 'ready'], ['v2', 'failed']]);
        expect(state.currentVersionId).toBe('v0');
    });

    it('takes no event twice', () => {
        const state = play();
        expect(play(events, state)).toBe(state);
    });

    it('shows progress of the run under way only', () => {
        const running = play(events.slice(0, 3));
        expect(pendingVersion(running)?.id).toBe('v1');
        const shown = reduceSession(running, { type: 'progress', progress: progress('r1', 0.4), at: 5 });
        expect(shown.progress?.fraction).toBe(0.4);
        const other = reduceSession(shown, { type: 'progress', progress: progress('r0', 0.9), at: 6 });
        expect(other.progress?.fraction).toBe(0.4);
        expect(play(events.slice(0, 4), shown).progress).toBeUndefined();
    });

    it('keeps the preview until there is a newer one', () => {
        let state = play(events.slice(0, 3));
        state = reduceSession(state, { type: 'progress', progress: { ...progress('r1', 0.2), preview: image('p1') }, at: 1 });
        state = reduceSession(state, { type: 'progress', progress: progress('r1', 0.3), at: 2 });
        expect(state.progress?.preview?.hash).toBe('p1');
    });
});

describe('conversation', () => {
    it('puts what became of a run with the words that started it', () => {
        const entries = conversation(play());
        expect(entries.map((entry) => entry.kind)).toEqual(['opened', 'turn', 'turn', 'turn', 'moved']);
        const failed = entries[3];
        expect(failed?.kind === 'turn' && failed.failure).toBe('The device failed again and again.');
        expect(failed?.kind === 'turn' && failed.version?.state).toBe('failed');
    });

    it('keeps words on their way until the history has them', () => {
        const local = [{ turnId: 't2', text: '<restore>' }, { turnId: 't9', text: 'later' }];
        expect(unconfirmed(local, play()).map((turn) => turn.turnId)).toEqual(['t9']);
    });

    it('knows versions by the newest event', () => {
        const state = play([...events, { sequence: 9, time: '', kind: 'versionReady', versionId: 'v2', runId: 'r2', version: version('v2', 'v1', 'ready') }]);
        expect(state.versions.find((one) => one.id === 'v2')?.state).toBe('ready');
        expect(state.currentVersionId).toBe('v2');
    });
});
