import { useEffect, useReducer, useState } from 'react';
import { sessionEventsPath } from '../api/darkroom';
import { followEvents, type SseMessage } from '../api/eventStream';
import { messageOf } from '../api/problem';
import type { Progress, SessionEvent } from '../api/types';
import { emptySession, reduceSession, type SessionAction, type SessionState } from './sessionState';

export interface FollowedSession {
    state: SessionState;
    isConnected: boolean;
    /** Why it cannot be followed, such as that there is no such session. */
    error?: string;
}

/** Follows a session from its first event on. The component that uses it has the session as its key. */
export function useSession(session: string): FollowedSession {
    const [state, dispatch] = useReducer(reduceSession, emptySession);
    const [isConnected, setConnected] = useState(true);
    const [error, setError] = useState<string>();

    useEffect(() => {
        const stop = new AbortController();
        const onMessage = (message: SseMessage) => {
            const action = actionOf(message);
            if (action === undefined) return;
            dispatch(action);
            if (action.type === 'deleted') stop.abort();
        };
        followEvents(sessionEventsPath(session), { onMessage, onConnected: setConnected, signal: stop.signal }).catch((problem: unknown) => setError(messageOf(problem)));
        return () => stop.abort();
    }, [session]);

    return { state, isConnected, error };
}

function actionOf(message: SseMessage): SessionAction | undefined {
    if (message.event === 'ping') return undefined;
    if (message.event === 'deleted') return { type: 'deleted' };
    if (message.event === 'progress') return { type: 'progress', progress: JSON.parse(message.data) as Progress, at: performance.now() };
    return message.id === undefined ? undefined : { type: 'event', event: JSON.parse(message.data) as SessionEvent };
}
