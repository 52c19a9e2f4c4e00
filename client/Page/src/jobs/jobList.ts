import type { Job, JobPage } from '../api/types';

/** The jobs, the newest first. */
export interface JobList {
    jobs: readonly Job[];
    /** The last one, if there are older ones. */
    next?: string;
    isLoaded: boolean;
}

export const emptyJobList: JobList = { jobs: [], isLoaded: false };

export type JobAction =
    | { type: 'newest'; page: JobPage }
    | { type: 'older'; page: JobPage }
    | { type: 'job'; job: Job };

export function reduceJobs(list: JobList, action: JobAction): JobList {
    switch (action.type) {
        case 'newest': return addNewest(list, action.page);
        case 'older': return { ...list, jobs: [...list.jobs, ...without(action.page.jobs, list.jobs)], next: action.page.next };
        case 'job': return { ...list, jobs: putJob(list.jobs, action.job) };
    }
}

// A stream that was taken up again tells the newest ones once more; older ones that were asked for stay.
function addNewest(list: JobList, { jobs, next }: JobPage): JobList {
    const older = list.isLoaded ? without(list.jobs, jobs) : [];
    return { jobs: [...jobs, ...older], next: older.length > 0 ? list.next : next, isLoaded: true };
}

function putJob(jobs: readonly Job[], job: Job): readonly Job[] {
    const index = jobs.findIndex((one) => one.jobId === job.jobId);
    return index < 0 ? [job, ...jobs] : jobs.with(index, job);
}

function without(jobs: readonly Job[], known: readonly Job[]): Job[] {
    const names = new Set(known.map((job) => job.jobId));
    return jobs.filter((job) => !names.has(job.jobId));
}
