import { useState, type FormEvent } from 'react';
import { startJob } from '../api/darkroom';
import { messageOf } from '../api/problem';
import type { Job } from '../api/types';
import { ErrorNote } from '../app/ErrorNote';
import { CheckpointChoice } from '../settings/CheckpointChoice';
import { StrengthSlider } from '../settings/StrengthSlider';
import { UploadBar } from '../start/UploadBar';
import { JobSource, type Source } from './JobSource';

interface Sending {
    fraction: number;
    cancel: () => void;
}

const noFiles: Source = { kind: 'files', files: [] };

/** Starts a job of files, of a zip archive or of what is stored. */
export function NewJob({ onStarted }: { onStarted: (job: Job) => void }) {
    const [source, setSource] = useState<Source>(noFiles);
    const [name, setName] = useState('');
    const [words, setWords] = useState('');
    const [model, setModel] = useState('');
    const [strength, setStrength] = useState(1);
    const [sending, setSending] = useState<Sending>();
    const [error, setError] = useState<string>();
    const isReady = source.kind === 'files' ? source.files.length > 0 : source.prefix.length > 0;

    const submit = async (event?: FormEvent) => {
        event?.preventDefault();
        const stop = new AbortController();
        const show = (fraction: number) => setSending({ fraction, cancel: () => stop.abort() });
        show(source.kind === 'files' ? 0 : 1);
        setError(undefined);
        try {
            const text = words.trim();
            const request = {
                name: name.trim() || undefined, prefix: source.kind === 'prefix' ? source.prefix : undefined,
                kind: text.length > 0 ? 'refine' as const : 'restore' as const, words: text || undefined, model: model || undefined, settings: { strength },
            };
            onStarted(await startJob(request, source.kind === 'files' ? source.files : [], { onSent: show, signal: stop.signal }));
            setSource(source.kind === 'files' ? noFiles : { kind: 'prefix', prefix: '' });
            setName('');
        } catch (problem) {
            if (!stop.signal.aborted) setError(messageOf(problem));
        } finally {
            setSending(undefined);
        }
    };

    return (
        <form className="card new-job" onSubmit={(event) => void submit(event)} aria-label="New job">
            <JobSource source={source} onChange={setSource} />
            <div className="new-job-row">
                <label className="field grow">
                    <span>Words (empty: restore automatically)</span>
                    <input type="text" value={words} maxLength={2000} onChange={(event) => setWords(event.target.value)} placeholder="for example: it is too dark" />
                </label>
                <label className="field">
                    <span>Name (empty: one is made up)</span>
                    <input type="text" value={name} maxLength={40} pattern="[A-Za-z0-9._\-]+" title="Letters, digits, - _ and ." onChange={(event) => setName(event.target.value)} placeholder="for example: holiday-2024" />
                </label>
                <CheckpointChoice value={model} onChange={setModel} />
            </div>
            <div className="new-job-row">
                <StrengthSlider value={strength} onChange={setStrength} />
                <button type="submit" className="primary" disabled={!isReady || sending !== undefined}>Start</button>
            </div>
            {sending && (
                <div className="new-job-row">
                    <UploadBar fraction={sending.fraction} />
                    <button type="button" onClick={sending.cancel}>Cancel</button>
                </div>
            )}
            <ErrorNote message={error} onRetry={isReady ? () => void submit() : undefined} onDismiss={() => setError(undefined)} />
        </form>
    );
}
