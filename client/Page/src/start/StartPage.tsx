import { useCallback, useRef } from 'react';
import { acceptedFiles } from '../api/pictures';
import { ErrorNote } from '../app/ErrorNote';
import { useStored } from '../session/useStored';
import { CheckpointChoice } from '../settings/CheckpointChoice';
import { DropVeil } from './DropVeil';
import { RecentSessions } from './RecentSessions';
import { useDrop } from './useDrop';
import { useOpenPicture } from './useOpenPicture';

/** Where a picture comes in, and the sessions that are there. */
export function StartPage() {
    const { upload, error, open, retry, clear } = useOpenPicture();
    const [model, setModel] = useStored('darkroom.model', '');
    const input = useRef<HTMLInputElement>(null);
    const onFiles = useCallback((files: File[]) => open(files[0]!, model || undefined), [open, model]);
    const isOver = useDrop(onFiles);

    return (
        <>
            <section className="start" aria-label="Open a picture">
                <h1>Restore a photograph</h1>
                <p className="lead">Drop a picture anywhere, paste one, or choose a file. JPEG, PNG, TIFF, WebP and camera RAW.</p>
                <div className="start-row">
                    <button type="button" className="primary large" onClick={() => input.current?.click()} disabled={upload !== undefined}>Choose a picture</button>
                    <CheckpointChoice value={model} onChange={setModel} />
                </div>
                <input
                    ref={input} type="file" className="visually-hidden" accept={acceptedFiles} tabIndex={-1} aria-label="Picture file"
                    onChange={(event) => {
                        const file = event.target.files?.[0];
                        if (file) onFiles([file]);
                        event.target.value = '';
                    }}
                />
                <ErrorNote message={error} onRetry={retry} onDismiss={clear} />
            </section>
            <RecentSessions />
            <DropVeil isOver={isOver} upload={upload} />
        </>
    );
}
