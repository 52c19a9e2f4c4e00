import { useCallback, useRef, useState, type FormEvent } from 'react';
import { startJob } from '../api/darkroom';
import { acceptedFiles } from '../api/pictures';
import { messageOf } from '../api/problem';
import { ErrorNote } from '../app/ErrorNote';
import { DropVeil } from '../start/DropVeil';
import { useDrop } from '../start/useDrop';
import { CheckpointChoice } from '../settings/CheckpointChoice';
import { StrengthSlider } from '../settings/StrengthSlider';

/** Starts a job of files or of a zip archive. */
export function NewJob({ onStarted }: { onStarted: () => void }) {
    const [files, setFiles] = useState<readonly File[]>([]);
    const [words, setWords] = useState('');
    const [model, setModel] = useState('');
    const [strength, setStrength] = useState(1);
    const [isBusy, setBusy] = useState(false);
    const [error, setError] = useState<string>();
    const input = useRef<HTMLInputElement>(null);
    const isOver = useDrop(useCallback((dropped: File[]) => setFiles((before) => [...before, ...dropped]), []));

    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setError(undefined);
        try {
            const text = words.trim();
            await startJob({ kind: text.length > 0 ? 'refine' : 'restore', words: text || undefined, model: model || undefined, settings: { strength } }, files);
            setFiles([]);
            onStarted();
        } catch (problem) {
            setError(messageOf(problem));
        } finally {
            setBusy(false);
        }
    };

    return (
        <form className="card new-job" onSubmit={(event) => void submit(event)} aria-label="New job">
            <div className="new-job-row">
                <button type="button" onClick={() => input.current?.click()}>Choose pictures or a zip</button>
                <span className="hint">{files.length === 0 ? 'or drop them here' : summary(files)}</span>
                {files.length > 0 && <button type="button" className="quiet" onClick={() => setFiles([])}>Clear</button>}
            </div>
            <input ref={input} type="file" multiple className="visually-hidden" accept={`${acceptedFiles},.zip`} tabIndex={-1} aria-label="Pictures of the job" onChange={(event) => {
                setFiles([...files, ...(event.target.files ?? [])]);
                event.target.value = '';
            }} />
            <div className="new-job-row">
                <label className="field grow">
                    <span>Words (empty: restore automatically)</span>
                    <input type="text" value={words} maxLength={2000} onChange={(event) => setWords(event.target.value)} placeholder="for example: it is too dark" />
                </label>
                <CheckpointChoice value={model} onChange={setModel} />
            </div>
            <div className="new-job-row">
                <StrengthSlider value={strength} onChange={setStrength} />
                <button type="submit" className="primary" disabled={files.length === 0 || isBusy}>{isBusy ? 'Uploading…' : 'Start'}</button>
            </div>
            <ErrorNote message={error} onDismiss={() => setError(undefined)} />
            <DropVeil isOver={isOver} text="Drop the pictures of the job" />
        </form>
    );
}

function summary(files: readonly File[]): string {
    const megabytes = files.reduce((sum, file) => sum + file.size, 0) / 1e6;
    return `${files.length === 1 ? files[0]!.name : `${files.length} files`}, ${megabytes.toFixed(1)} MB`;
}
