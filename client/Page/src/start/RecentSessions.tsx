import { useCallback, useEffect, useState } from 'react';
import { deleteSession, listSessions } from '../api/darkroom';
import { pictureUrl } from '../api/pictures';
import { messageOf } from '../api/problem';
import type { ListedSession } from '../api/types';
import { ErrorNote } from '../app/ErrorNote';
import { Thumbnail } from '../app/Thumbnail';
import { sessionAddress } from '../app/useRoute';

/** The sessions, the newest first. */
export function RecentSessions() {
    const [sessions, setSessions] = useState<ListedSession[]>();
    const [next, setNext] = useState<string>();
    const [error, setError] = useState<string>();

    const load = useCallback(async (after: string | undefined, signal?: AbortSignal) => {
        try {
            const page = await listSessions(after, signal);
            setSessions((before) => [...(after === undefined ? [] : before ?? []), ...page.sessions]);
            setNext(page.next);
        } catch (problem) {
            if (!signal?.aborted) setError(messageOf(problem));
        }
    }, []);

    useEffect(() => {
        const stop = new AbortController();
        void load(undefined, stop.signal);
        return () => stop.abort();
    }, [load]);

    const remove = async (session: string) => {
        if (!confirm('Delete this session with all its versions?')) return;
        try {
            await deleteSession(session);
            setSessions((before) => before?.filter((one) => one.session !== session));
        } catch (problem) {
            setError(messageOf(problem));
        }
    };

    return (
        <section aria-label="Sessions">
            {sessions !== undefined && sessions.length > 0 && <h2>Lately</h2>}
            <ErrorNote message={error} onDismiss={() => setError(undefined)} />
            <ul className="sessions">
                {sessions?.map((session) => (
                    <li key={session.session}>
                        <a href={sessionAddress(session.session)}>
                            <Thumbnail src={pictureUrl(session.currentImage, 512)} loading="lazy" />
                            <span className="session-line">
                                <time dateTime={session.openedAt}>{new Date(session.openedAt).toLocaleString(undefined, { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' })}</time>
                                <span>{session.versionCount === 1 ? '1 version' : `${session.versionCount} versions`}</span>
                            </span>
                        </a>
                        <button type="button" className="quiet delete" onClick={() => void remove(session.session)} aria-label={`Delete the session of ${new Date(session.openedAt).toLocaleString()}`}>×</button>
                    </li>
                ))}
            </ul>
            {next !== undefined && <p><button type="button" onClick={() => void load(next)}>Show older ones</button></p>}
        </section>
    );
}
