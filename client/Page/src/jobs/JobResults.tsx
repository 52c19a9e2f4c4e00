import { useCallback, useState } from 'react';
import { getJobResults } from '../api/darkroom';
import { pictureUrl } from '../api/pictures';
import { ErrorNote } from '../app/ErrorNote';
import { Thumbnail } from '../app/Thumbnail';
import { useLoaded } from '../app/useAsync';

/** The pictures of a job that has ended; those that failed first, each with its reason. */
export function JobResults({ job }: { job: string }) {
    const [isOpen, setOpen] = useState(false);
    return (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>Pictures</summary>
            {isOpen && <ResultList job={job} />}
        </details>
    );
}

const shownAtOnce = 60;

function ResultList({ job }: { job: string }) {
    const load = useCallback((signal: AbortSignal) => getJobResults(job, signal), [job]);
    const { value, error } = useLoaded(load);
    const [count, setCount] = useState(shownAtOnce);
    if (value === undefined) return error === undefined ? <p className="hint">Loading</p> : <ErrorNote message={error} />;
    const sorted = value.toSorted((a, b) => Number(b.outcome === 'quarantined') - Number(a.outcome === 'quarantined') || a.index - b.index);
    return (
        <>
            <ul className="results">
                {sorted.slice(0, count).map((result) => (
                    <li key={result.index} className={`result result-${result.outcome}`}>
                        {result.result
                            ? <a href={`/v1/images/${encodeURIComponent(result.result.hash)}?download=${encodeURIComponent(result.name)}`} aria-label={`Download ${result.name}`}><Thumbnail src={pictureUrl(result.result, 256)} loading="lazy" /></a>
                            : <span className="result-empty" aria-hidden="true">×</span>}
                        <span className="result-name" title={result.name}>{result.name}</span>
                        {result.outcome === 'quarantined' && <span className="result-error">{result.error?.message ?? 'It was given up.'} ({result.attempts === 1 ? '1 try' : `${result.attempts} tries`})</span>}
                        {result.outcome === 'cancelled' && <span className="hint">not done</span>}
                    </li>
                ))}
            </ul>
            {sorted.length > count && <button type="button" onClick={() => setCount(count + shownAtOnce)}>Show more ({sorted.length - count})</button>}
        </>
    );
}
