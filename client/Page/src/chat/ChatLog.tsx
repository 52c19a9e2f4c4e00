import { useEffect, useRef } from 'react';
import type { Version } from '../api/types';
import type { SessionState } from '../session/sessionState';
import { OpenedCard } from './OpenedCard';
import { RunCard } from './RunCard';
import { conversation, unconfirmed, type LocalTurn } from './turns';
import { Words } from './Words';

export interface ChatLogProps {
    state: SessionState;
    local: readonly LocalTurn[];
    shownId: string | undefined;
    onShow: (id: string) => void;
    onCancel: (runId: string) => void;
    onReplay: (versionId: string, seed?: number) => void;
}

/** The conversation. */
export function ChatLog({ state, local, shownId, onShow, onCancel, onReplay }: ChatLogProps) {
    const entries = conversation(state);
    const waiting = unconfirmed(local, state);
    const log = useRef<HTMLDivElement>(null);
    const last = entries.at(-1);
    const lastState = last?.kind === 'turn' ? last.version?.state : undefined;

    useEffect(() => {
        log.current?.scrollTo({ top: log.current.scrollHeight });
    }, [entries.length, waiting.length, lastState]);

    return (
        <div className="chat-log" ref={log} role="log" aria-label="Conversation" tabIndex={0}>
            {entries.map((entry) => {
                switch (entry.kind) {
                    case 'opened': return <OpenedCard key={entry.key} version={entry.version} />;
                    case 'moved': return <p key={entry.key} className="moved">Went on from <strong>{entry.versionId}</strong></p>;
                    case 'turn': return (
                        <div className="turn" key={entry.key}>
                            {entry.event.userText && <Words from="you" text={entry.event.userText} />}
                            {entry.event.answer && isTrue(entry.version) && <Words from="darkroom" text={entry.event.answer} />}
                            {entry.version && (
                                <RunCard
                                    version={entry.version} failure={entry.failure} isShown={entry.version.id === shownId}
                                    progress={state.progress?.runId === entry.version.runId ? state.progress : undefined}
                                    onShow={onShow} onCancel={onCancel} onReplay={onReplay}
                                />
                            )}
                        </div>
                    );
                }
            })}
            {waiting.map((turn) => (
                <div className="turn" key={turn.turnId}>
                    <Words from="you" text={turn.text} isWaiting={turn.refusal === undefined} />
                    {turn.refusal !== undefined && <Words from="darkroom" text={turn.refusal} isRefusal />}
                </div>
            ))}
        </div>
    );
}

// "Here is the restored image" is said with the start of a run, and true at its end.
function isTrue(version: Version | undefined): boolean {
    return version === undefined || version.state === 'ready';
}
