import { useCallback, useState } from 'react';

/** A value that outlives a refresh of the page, in this tab. */
export function useStored<T>(key: string, initial: T): [T, (value: T) => void] {
    const [value, setValue] = useState<T>(() => read(key) ?? initial);
    const store = useCallback((next: T) => {
        setValue(next);
        try {
            if (next === undefined) sessionStorage.removeItem(key);
            else sessionStorage.setItem(key, JSON.stringify(next));
        } catch {
            // Storage is full or off: the value lives as long as the page.
        }
    }, [key]);
    return [value, store];
}

function read<T>(key: string): T | undefined {
    try {
        const text = sessionStorage.getItem(key);
        return text === null ? undefined : JSON.parse(text) as T;
    } catch {
        return undefined;
    }
}
