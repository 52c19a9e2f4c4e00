import { useRef } from 'react';
import type { Job } from '../api/types';
import { nameOf, stages } from './jobText';

/** Tells screen readers when a job begins, ends or changes its stage; not every picture of it. */
export function JobsAnnouncer({ jobs }: { jobs: readonly Job[] }) {
    const known = useRef(new Map<string, Job['stage']>());
    const text = useRef('');
    const changed = jobs.filter((job) => known.current.has(job.jobId) && known.current.get(job.jobId) !== job.stage);
    for (const job of jobs) known.current.set(job.jobId, job.stage);
    if (changed.length > 0) text.current = changed.map((job) => `${nameOf(job)}: ${stages[job.stage]}${job.hasEnded ? `, ${job.completed} of ${job.total} restored` : ''}`).join('. ');
    return <p className="visually-hidden" role="status">{text.current}</p>;
}
