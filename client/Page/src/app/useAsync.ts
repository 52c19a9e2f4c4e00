import { useEffect, useState } from 'react';
import { messageOf } from '../api/problem';

export interface Loaded<T> {
    value?: T;
    error?: string;
}

/**
 * Loads something, and loads it again every so often while the page is seen.
 * @param period Milliseconds between two loads; 0 loads once.
 * @param version Loads at once when it changes.
 */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, period = 0, version: unknown = 0): Loaded<T> {
    const [loaded, setLoaded] = useState<Loaded<T>>({});
    useEffect(() => {
        const stop = new AbortController();
        let timer: ReturnType<typeof setTimeout> | undefined;
        const once = async () => {
            if (!document.hidden) {
                try {
                    const value = await load(stop.signal);
                    if (!stop.signal.aborted) setLoaded({ value });
                } catch (error) {
                    if (!stop.signal.aborted) setLoaded((before) => ({ value: before.value, error: messageOf(error) }));
                }
            }
            if (period > 0 && !stop.signal.aborted) timer = setTimeout(() => void once(), period);
        };
        void once();
        return () => {
            stop.abort();
            clearTimeout(timer);
        };
    }, [load, period, version]);
    return loaded;
}
