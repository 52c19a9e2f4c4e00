import type { Job } from '../api/types';
import { durationText, seconds, timeLeftText } from '../session/time';

export const stages: Record<Job['stage'], string> = {
    listing: 'Reading the list', running: 'Running', paused: 'Paused', cancelling: 'Cancelling', completed: 'Done', failed: 'Failed', cancelled: 'Cancelled',
};

/** What a job is called; one that was given no name has a long one that says nothing. */
export function nameOf({ jobId }: Job): string {
    return /^[0-9a-f]{32}$/.test(jobId) ? `Job ${jobId.slice(0, 8)}` : jobId;
}

/** How far a job is, in words. */
export function factsOf(job: Job): string {
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
