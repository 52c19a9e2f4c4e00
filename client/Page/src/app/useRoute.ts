import { useSyncExternalStore } from 'react';

export type Route =
    | { page: 'start' }
    | { page: 'session'; session: string }
    | { page: 'jobs' }
    | { page: 'cluster' };

/** Reads the part of the address behind the #. */
export function parseRoute(hash: string): Route {
    const [first = '', second = ''] = hash.replace(/^#\/?/, '').split('/');
    if (first === 'sessions' && second.length > 0) return { page: 'session', session: decode(second) };
    if (first === 'jobs') return { page: 'jobs' };
    if (first === 'cluster') return { page: 'cluster' };
    return { page: 'start' };
}

function decode(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

export const sessionAddress = (session: string) => `#/sessions/${encodeURIComponent(session)}`;

export function navigate(address: string): void {
    location.hash = address;
}

const subscribe = (listener: () => void) => {
    addEventListener('hashchange', listener);
    return () => removeEventListener('hashchange', listener);
};

/** The page that the address names. */
export function useRoute(): Route {
    return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}
