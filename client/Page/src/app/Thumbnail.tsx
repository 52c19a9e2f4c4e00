import { useEffect, useState } from 'react';

const waits = [1000, 3000, 9000, 27_000];

/** A picture that is asked for again when it fails: a server that was busy or away shall not leave a hole. */
export function Thumbnail({ src, alt = '', loading }: { src: string; alt?: string; loading?: 'lazy' }) {
    const [tries, setTries] = useState(0);
    const [hasFailed, setFailed] = useState(false);

    useEffect(() => {
        const wait = waits[tries];
        if (!hasFailed || wait === undefined) return;
        const timer = setTimeout(() => {
            setFailed(false);
            setTries(tries + 1);
        }, wait);
        return () => clearTimeout(timer);
    }, [hasFailed, tries]);

    // A new element asks anew; the same one would not.
    return <img key={tries} src={src} alt={alt} loading={loading} onError={() => setFailed(true)} />;
}
