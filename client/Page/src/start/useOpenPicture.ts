import { useCallback, useState } from 'react';
import { openSession, uploadImage } from '../api/darkroom';
import { messageOf } from '../api/problem';
import { navigate, sessionAddress } from '../app/useRoute';

export interface Opening {
    /** The name of the file that is on its way. */
    busyWith?: string;
    error?: string;
    open: (file: File, model?: string) => void;
    clear: () => void;
}

/** Uploads a picture, opens a session with it and goes there. */
export function useOpenPicture(): Opening {
    const [busyWith, setBusyWith] = useState<string>();
    const [error, setError] = useState<string>();
    const open = useCallback((file: File, model?: string) => {
        setBusyWith(file.name);
        setError(undefined);
        const work = async () => {
            const image = await uploadImage(file);
            const opened = await openSession(image.hash, model);
            navigate(sessionAddress(opened.session.session));
        };
        work().catch((problem: unknown) => setError(`${file.name}: ${messageOf(problem)}`)).finally(() => setBusyWith(undefined));
    }, []);
    return { busyWith, error, open, clear: () => setError(undefined) };
}
