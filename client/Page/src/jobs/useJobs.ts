import { useCallback, useEffect, useReducer, useState } from 'react';
import { jobEventsPath, listOlderJobs } from '../api/darkroom';
import { followEvents, type SseMessage } from '../api/eventStream';
import { messageOf } from '../api/problem';
import type { Job, JobPage } from '../api/types';
import { emptyJobList, reduceJobs, type JobAction, type JobList } from './jobList';

export interface FollowedJobs {
    list: JobList;
    isConnected: boolean;
    error?: string;
    /** Takes what the server answered at once, without waiting for the stream. */
    put: (job: Job) => void;
    loadOlder: () => void;
}

/** Follows where all jobs stand. */
export function useJobs(): FollowedJobs {
    const [list, dispatch] = useReducer(reduceJobs, emptyJobList);
    const [isConnected, setConnected] = useState(true);
    const [error, setError] = useState<string>();

    useEffect(() => {
        const stop = new AbortController();
        const onMessage = (message: SseMessage) => {
            const action = actionOf(message);
            if (action !== undefined) dispatch(action);
        };
        followEvents(jobEventsPath, { onMessage, onConnected: setConnected, signal: stop.signal }).catch((problem: unknown) => setError(messageOf(problem)));
        return () => stop.abort();
    }, []);

    const put = useCallback((job: Job) => dispatch({ type: 'job', job }), []);
    const loadOlder = () => {
        if (list.next !== undefined) listOlderJobs(list.next).then((page) => dispatch({ type: 'older', page }), (problem: unknown) => setError(messageOf(problem)));
    };
    return { list, isConnected, error, put, loadOlder };
}

function actionOf({ event, data }: SseMessage): JobAction | undefined {
    if (event === 'jobs') return { type: 'newest', page: JSON.parse(data) as JobPage };
    return event === 'job' ? { type: 'job', job: JSON.parse(data) as Job } : undefined;
}
