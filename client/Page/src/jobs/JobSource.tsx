import { useCallback, useRef } from 'react';
import { listUploads } from '../api/darkroom';
import { acceptedFiles } from '../api/pictures';
import { useLoaded } from '../app/useAsync';
import { DropVeil } from '../start/DropVeil';
import { useDrop } from '../start/useDrop';

/** What a job works on. */
export type Source =
    | { kind: 'files'; files: readonly File[] }
    | { kind: 'prefix'; prefix: string };

/** Chooses what a job works on: files or a zip archive that come with it, or files that are stored already. */
export function JobSource({ source, onChange }: { source: Source; onChange: (source: Source) => void }) {
    const files = source.kind === 'files' ? source.files : [];
    const isOver = useDrop(useCallback((dropped: File[]) => onChange({ kind: 'files', files: [...files, ...dropped] }), [files, onChange]));
    return (
        <fieldset className="source">
            <legend className="visually-hidden">Pictures of the job</legend>
            <div className="choice">
                <label><input type="radio" name="source" checked={source.kind === 'files'} onChange={() => onChange({ kind: 'files', files: [] })} />Files or a zip</label>
                <label><input type="radio" name="source" checked={source.kind === 'prefix'} onChange={() => onChange({ kind: 'prefix', prefix: '' })} />Stored files</label>
            </div>
            {source.kind === 'files'
                ? <Files files={source.files} onChange={(next) => onChange({ kind: 'files', files: next })} />
                : <Prefix prefix={source.prefix} onChange={(prefix) => onChange({ kind: 'prefix', prefix })} />}
            <DropVeil isOver={isOver} text="Drop the pictures of the job" />
        </fieldset>
    );
}

function Files({ files, onChange }: { files: readonly File[]; onChange: (files: readonly File[]) => void }) {
    const input = useRef<HTMLInputElement>(null);
    return (
        <div className="new-job-row">
            <button type="button" onClick={() => input.current?.click()}>Choose pictures or a zip</button>
            <span className="hint file-names">{files.length === 0 ? 'or drop them here, or paste them' : summary(files)}</span>
            {files.length > 0 && <button type="button" className="quiet" onClick={() => onChange([])}>Clear</button>}
            <input ref={input} type="file" multiple className="visually-hidden" accept={`${acceptedFiles},.zip`} tabIndex={-1} aria-label="Files of the job" onChange={(event) => {
                onChange([...files, ...(event.target.files ?? [])]);
                event.target.value = '';
            }} />
        </div>
    );
}

function Prefix({ prefix, onChange }: { prefix: string; onChange: (prefix: string) => void }) {
    const load = useCallback((signal: AbortSignal) => listUploads(prefix, signal), [prefix]);
    const { value, error } = useLoaded(load);
    const size = value?.uploads.reduce((sum, upload) => sum + upload.sizeBytes, 0) ?? 0;
    const count = value?.uploads.length ?? 0;
    return (
        <div className="new-job-row">
            <label className="field grow">
                <span>Their names begin with</span>
                <input type="text" value={prefix} onChange={(event) => onChange(event.target.value)} placeholder="for example: holiday/" />
            </label>
            <span className="hint stored" role="status">{error ?? (value === undefined ? '' : count === 0 ? 'No stored file begins so; PUT /v1/uploads/NAME stores one' : `${count}${value.next === undefined ? '' : ' or more'} stored ${count === 1 ? 'file' : 'files'}, ${megabytes(size)}`)}</span>
        </div>
    );
}

function summary(files: readonly File[]): string {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return `${files.length === 1 ? files[0]!.name : `${files.length} files`}, ${megabytes(size)}`;
}

const megabytes = (size: number) => (size < 50_000 ? `${Math.ceil(size / 1000)} KB` : `${(size / 1e6).toFixed(1)} MB`);
