import { ErrorNote } from '../app/ErrorNote';
import { JobCard } from './JobCard';
import { JobsAnnouncer } from './JobsAnnouncer';
import { NewJob } from './NewJob';
import { useJobs } from './useJobs';

/** Many pictures at once: new jobs, and how far those are that are there. */
export function JobsPage() {
    const { list, isConnected, error, put, loadOlder } = useJobs();
    return (
        <>
            <h1>Jobs</h1>
            <NewJob onStarted={put} />
            <ErrorNote message={error} />
            {!isConnected && <p className="connection" role="status">The connection is lost. Looking for it again; the jobs go on.</p>}
            <JobsAnnouncer jobs={list.jobs} />
            {list.isLoaded && list.jobs.length === 0 && <p className="hint empty">No job yet. Choose a few pictures above; they are restored one after another, behind what people wait for.</p>}
            <ul className="jobs" aria-label="Jobs">
                {list.jobs.map((job) => <li key={job.jobId}><JobCard job={job} onChanged={put} /></li>)}
            </ul>
            {list.next !== undefined && <p><button type="button" onClick={loadOlder}>Show older ones</button></p>}
        </>
    );
}
