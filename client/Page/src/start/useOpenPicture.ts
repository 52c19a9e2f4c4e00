import { useCallback, useRef, useState } from 'react';
import { openSession, uploadImage } from '../api/darkroom';
import { messageOf } from '../api/problem';
import { navigate, sessionAddress } from '../app/useRoute';

/** A file on its way. */
export interface Upload {
    name: string;
    /** How much of it has gone, 0..1. */
    fraction: number;
    cancel: () => void;
}

export interface Opening {
    upload?: Upload;
    error?: string;
    open: (file: File, model?: string) => void;
    /** Tries again what failed. */
    retry: () => void;
    clear: () => void;
}

/** Uploads a picture, opens a session with it and goes there. */
export function useOpenPicture(): Opening {
    const [upload, setUpload] = useState<Upload>();
    const [error, setError] = useState<string>();
    const failed = useRef<() => void>(undefined);
    const open = useCallback((file: File, model?: string) => {
        const stop = new AbortController();
        const cancel = () => stop.abort();
        const show = (fraction: number) => setUpload({ name: file.name, fraction, cancel });
        show(0);
        setError(undefined);
        const work = async () => {
            const image = await uploadImage(file, { onSent: show, signal: stop.signal });
            const opened = await openSession(image.hash, model);
            navigate(sessionAddress(opened.session.session));
        };
        work().catch((problem: unknown) => {
            if (stop.signal.aborted) return;
            failed.current = () => open(file, model);
            setError(`${file.name}: ${messageOf(problem)}`);
        }).finally(() => setUpload(undefined));
    }, []);
    return { upload, error, open, retry: () => failed.current?.(), clear: () => setError(undefined) };
}
