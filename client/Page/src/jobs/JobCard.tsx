import { useState } from 'react';
import { changeJob, jobArchive, jobLines, retryJob } from '../api/darkroom';
import { messageOf } from '../api/problem';
import type { Job } from '../api/types';
import { ErrorNote } from '../app/ErrorNote';
import { ProgressBar } from '../app/ProgressBar';
import { JobResults } from './JobResults';
import { factsOf, nameOf, stages } from './jobText';

/** A job: how far it is, what failed, and what can be done with it. */
export function JobCard({ job, onChanged }: { job: Job; onChanged: (job: Job) => void }) {
    const [error, setError] = useState<string>();
    const [isBusy, setBusy] = useState(false);
    const act = (work: () => Promise<Job>) => {
        setError(undefined);
        setBusy(true);
        work().then(onChanged, (problem: unknown) => setError(messageOf(problem))).finally(() => setBusy(false));
    };
    const change = (what: 'pause' | 'resume' | 'cancel') => act(() => changeJob(job.jobId, what));
    const again = job.quarantined > 0 ? `Retry the ${job.quarantined === 1 ? 'one' : job.quarantined} that failed` : `Go on with the ${job.cancelled} that were not done`;
    return (
        <article className={`card job job-${job.stage}`} aria-label={nameOf(job)}>
            <div className="job-line">
                <h2 title={job.jobId}>{nameOf(job)}</h2>
                <span className={`state state-${job.stage}`}>{stages[job.stage]}</span>
            </div>
            <ProgressBar fraction={job.total > 0 ? job.settled / job.total : job.hasEnded ? 1 : undefined} label={`Progress of ${nameOf(job)}`} />
            <p className="hint">{factsOf(job)}</p>
            {job.error && <ErrorNote message={job.error.message} />}
            <ErrorNote message={error} onDismiss={() => setError(undefined)} />
            <div className="group">
                {(job.stage === 'running' || job.stage === 'listing') && <button type="button" disabled={isBusy} onClick={() => change('pause')}>Pause</button>}
                {job.stage === 'paused' && <button type="button" disabled={isBusy} onClick={() => change('resume')}>Resume</button>}
                {!job.hasEnded && job.stage !== 'cancelling' && <button type="button" disabled={isBusy} onClick={() => change('cancel')}>Cancel</button>}
                {job.hasEnded && job.completed > 0 && <a className="button" href={jobArchive(job.jobId)} download>Download all</a>}
                {job.hasEnded && job.total > 0 && <a className="button" href={jobLines(job.jobId)} download={`${job.jobId}.jsonl`}>Results</a>}
                {job.hasEnded && job.quarantined + job.cancelled > 0 && <button type="button" disabled={isBusy} onClick={() => act(() => retryJob(job.jobId))}>{again}</button>}
            </div>
            {job.hasEnded && job.total > 0 && <JobResults job={job.jobId} />}
        </article>
    );
}
