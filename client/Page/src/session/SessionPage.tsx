import { useCallback, useState } from 'react';
import { cancelRun, checkout, replay, undo } from '../api/darkroom';
import { messageOf } from '../api/problem';
import type { Reply } from '../api/types';
import { ErrorNote } from '../app/ErrorNote';
import { ChatLog } from '../chat/ChatLog';
import { MaskEditor, type Mask } from '../mask/MaskEditor';
import { PicturePane } from '../picture/PicturePane';
import { DropVeil } from '../start/DropVeil';
import { useDrop } from '../start/useDrop';
import { useOpenPicture } from '../start/useOpenPicture';
import { VersionTree } from '../versions/VersionTree';
import { Announcer } from './Announcer';
import { MessagePanel } from './MessagePanel';
import { findVersion, pendingVersion } from './sessionState';
import { useSession } from './useSession';
import { useStored } from './useStored';
import { useTurns } from './useTurns';

/** The chat with the picture beside it. */
export function SessionPage({ session }: { session: string }) {
    const { state, isConnected, error: followError } = useSession(session);
    const turns = useTurns(session);
    const [mask, setMask] = useStored<Mask | undefined>(`darkroom.mask.${session}`, undefined);
    const [shownId, setShownId] = useState<string>();
    const [isMasking, setMasking] = useState<boolean>();
    const [error, setError] = useState<string>();
    const opening = useOpenPicture();
    const { open } = opening;
    const isOver = useDrop(useCallback((files: File[]) => open(files[0]!), [open]));

    const current = findVersion(state, state.currentVersionId);
    const pending = pendingVersion(state);
    const shown = findVersion(state, shownId) ?? current;

    const act = (work: () => Promise<unknown>) => {
        setError(undefined);
        work().catch((problem: unknown) => setError(messageOf(problem)));
    };
    // Shows what is current, whatever that becomes.
    const follow = () => setShownId(undefined);
    const show = (id: string) => setShownId(id === state.currentVersionId ? undefined : id);
    const branch = (id: string) => act(async () => {
        await checkout(session, id);
        follow();
    });
    const again = (versionId: string, seed?: number) => act(async () => {
        const reply: Reply = await replay(session, versionId, seed);
        if (reply.outcome === 'refused') throw new Error(reply.answer);
        follow();
    });

    if (followError !== undefined || state.isDeleted) {
        return (
            <div className="card">
                <h1>{state.isDeleted ? 'This session was deleted' : 'This session cannot be shown'}</h1>
                <ErrorNote message={followError} />
                <p><a href="#/">To the pictures</a></p>
            </div>
        );
    }

    return (
        <div className="session">
            <h1 className="visually-hidden">Session</h1>
            <Announcer state={state} isConnected={isConnected} />
            <div className="session-picture">
                {shown?.image === undefined && <div className="picture-frame picture-waiting" role="status">Opening the session</div>}
                {shown?.image && isMasking && (
                    <MaskEditor image={shown.image} name={shown.id} onCancel={() => setMasking(false)} onDone={(done) => {
                        setMask(done);
                        setMasking(false);
                    }} />
                )}
                {shown?.image && !isMasking && (
                    <PicturePane
                        session={session} versions={state.versions} shown={shown} progress={state.progress} showsPreview={shownId === undefined}
                        comesFromMask={isMasking === false} onMask={() => setMasking(true)}
                    />
                )}
                {state.versions.length > 0 && (
                    <VersionTree
                        versions={state.versions} currentId={state.currentVersionId} shownId={shown?.id} isBusy={pending !== undefined}
                        onShow={show} onBranch={branch} onUndo={() => act(async () => {
                            await undo(session);
                            follow();
                        })}
                    />
                )}
            </div>
            <section className="session-chat" aria-label="Chat">
                {!isConnected && <p className="connection" role="status">The connection is lost. Looking for it again; nothing is lost.</p>}
                <ChatLog state={state} local={turns.local} shownId={shown?.id} onShow={show} onCancel={(run) => act(() => cancelRun(run))} onReplay={again} />
                <ErrorNote message={opening.error} onRetry={opening.retry} onDismiss={opening.clear} />
                <ErrorNote message={error ?? turns.error} onDismiss={() => {
                    setError(undefined);
                    turns.clearError();
                }} />
                <MessagePanel
                    turns={turns} mask={mask} onMask={setMask} isRunning={pending !== undefined} source={state.versions[0]?.image} current={current}
                    onSent={follow}
                />
            </section>
            <DropVeil isOver={isOver} upload={opening.upload} text="Drop the picture to open it in a session of its own" />
        </div>
    );
}
