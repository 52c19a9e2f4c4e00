import { useState } from 'react';
import { listJobs } from '../api/darkroom';
import { ErrorNote } from '../app/ErrorNote';
import { useLoaded } from '../app/useAsync';
import { JobCard } from './JobCard';
import { NewJob } from './NewJob';

const period = 2000;

/** Many pictures at once: new jobs, and how far those are that are there. */
export function JobsPage() {
    const [changes, setChanges] = useState(0);
    const { value, error } = useLoaded(listJobs, period, changes);
    const changed = () => setChanges((before) => before + 1);
    return (
        <>
            <h1>Jobs</h1>
            <NewJob onStarted={changed} />
            <ErrorNote message={error} />
            {value?.jobs.length === 0 && <p className="hint">No job yet. Choose a few pictures above; they are restored one after another, behind what people wait for.</p>}
            <ul className="jobs" aria-label="Jobs">
                {value?.jobs.map((job) => <li key={job.jobId}><JobCard job={job} onChanged={changed} /></li>)}
            </ul>
        </>
    );
}
