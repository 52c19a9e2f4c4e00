import { useState } from 'react';
import { changeJob, jobArchive, jobLines, retryJob } from '../api/darkroom';
import { messageOf } from '../api/problem';
import type { Job } from '../api/types';
import { ErrorNote } from '../app/ErrorNote';
import { ProgressBar } from '../app/ProgressBar';
import { durationText, seconds, timeLeftText } from '../session/time';
import { JobResults } from './JobResults';

const stages: Record<Job['stage'], string> = {
    listing: 'Reading the list', running: 'Running', paused: 'Paused', cancelling: 'Cancelling', completed: 'Done', failed: 'Failed', cancelled: 'Cancelled',
};

/** A job: how far it is, what failed, and what can be done with it. */
export function JobCard({ job, onChanged }: { job: Job; onChanged: () => void }) {
    const [error, setError] = useState<string>();
    const act = (work: () => Promise<unknown>) => {
        setError(undefined);
        work().then(onChanged, (problem: unknown) => setError(messageOf(problem)));
    };
    const change = (what: 'pause' | 'resume' | 'cancel') => act(() => changeJob(job.jobId, what));
    return (
        <article className={`card job job-${job.stage}`} aria-label={`Job ${job.jobId}`}>
            <div className="job-line">
                <h2 title={job.jobId}>{nameOf(job)}</h2>
                <span className={`state state-${job.stage}`}>{stages[job.stage]}</span>
            </div>
            <ProgressBar fraction={job.total > 0 ? job.settled / job.total : job.hasEnded ? 1 : undefined} label={`Progress of job ${job.jobId}`} />
            <p className="hint" aria-live="polite">{facts(job)}</p>
            {job.error && <ErrorNote message={job.error.message} />}
            <ErrorNote message={error} onDismiss={() => setError(undefined)} />
            <div className="group">
                {(job.stage === 'running' || job.stage === 'listing') && <button type="button" onClick={() => change('pause')}>Pause</button>}
                {job.stage === 'paused' && <button type="button" onClick={() => change('resume')}>Resume</button>}
                {!job.hasEnded && job.stage !== 'cancelling' && <button type="button" onClick={() => change('cancel')}>Cancel</button>}
                {job.hasEnded && job.completed > 0 && <a className="button" href={jobArchive(job.jobId)} download>Download all</a>}
                {job.hasEnded && job.total > 0 && <a className="button" href={jobLines(job.jobId)} download={`${job.jobId}.jsonl`}>Results</a>}
                {job.hasEnded && job.quarantined > 0 && <button type="button" onClick={() => act(() => retryJob(job.jobId))}>Retry the {job.quarantined} that failed</button>}
            </div>
            {job.hasEnded && job.total > 0 && <JobResults job={job.jobId} />}
        </article>
    );
}

// A job that was given no name has a long one that says nothing.
function nameOf({ jobId }: Job): string {
    return /^[0-9a-f]{32}$/.test(jobId) ? `Job ${jobId.slice(0, 8)}` : jobId;
}

function facts(job: Job): string {
    const elapsed = seconds(job.elapsed);
    const left = job.stage === 'running' && job.settled > 0 ? timeLeftText((elapsed / job.settled) * (job.total - job.settled)) : '';
    return [
        job.total > 0 ? `${job.completed} of ${job.total} restored` : '',
        job.running > 0 ? `${job.running} under way` : '',
        job.quarantined > 0 ? `${job.quarantined} failed` : '',
        job.cancelled > 0 ? `${job.cancelled} not done` : '',
        durationText(elapsed),
        left,
    ].filter(Boolean).join(' · ');
}
