import { ask, send, setAntiforgeryToken } from './http';
import type {
    Checkpoint, ClusterReport, Comparison, Image, Job, JobPage, JobRequest, JobResult, Login, Me, Pipeline, Reply, Session, SessionPage, Settings, UploadPage, Usage,
} from './types';

const name = encodeURIComponent;
/** Who looks on while something is uploaded. */
export interface UploadWatch {
    onSent?: (fraction: number) => void;
    signal?: AbortSignal;
}

const sessionPath = (session: string) => `/v1/sessions/${name(session)}`;
const jobPath = (job: string) => `/v1/jobs/${name(job)}`;

/** Learns who this is, and the token for what follows. */
export async function getMe(signal?: AbortSignal): Promise<Me> {
    const me = await ask<Me>('GET', '/v1/me', { signal });
    setAntiforgeryToken(me.antiforgeryToken);
    return me;
}

/** How people sign in here. */
export const getLogin = (signal?: AbortSignal) => ask<Login>('GET', '/v1/login', { signal });
export const login = (key: string) => ask<void>('POST', '/v1/login', { json: { key } });
export const logout = () => ask<void>('POST', '/v1/logout');

/** Uploads a picture or a mask; what it is, the server finds out. */
export const uploadImage = (file: Blob, watch: UploadWatch = {}) =>
    ask<Image>('POST', '/v1/images', { body: file, headers: { 'Content-Type': 'application/octet-stream' }, ...watch });

export const listSessions = (after?: string, signal?: AbortSignal) =>
    ask<SessionPage>('GET', `/v1/sessions?limit=24${after === undefined ? '' : `&after=${name(after)}`}`, { signal });
export const openSession = (imageHash: string, model?: string) =>
    ask<{ session: Session; reply?: Reply }>('POST', '/v1/sessions', { json: { imageHash, model } });
export const deleteSession = (session: string) => ask<void>('DELETE', sessionPath(session));
export const sendMessage = (session: string, text: string, settings: Settings, turnId: string) =>
    ask<Reply>('POST', `${sessionPath(session)}/messages`, { json: { text, settings, turnId }, idempotencyKey: turnId });
export const undo = (session: string) => ask<Session>('POST', `${sessionPath(session)}/undo`);
export const checkout = (session: string, versionId: string) => ask<Session>('POST', `${sessionPath(session)}/checkout`, { json: { versionId } });
export const replay = (session: string, versionId: string, seed?: number) =>
    ask<Reply>('POST', `${sessionPath(session)}/replay`, { json: { versionId, seed } });
export const compare = (session: string, before: string, after: string, signal?: AbortSignal) =>
    ask<Comparison>('GET', `${sessionPath(session)}/compare?before=${name(before)}&after=${name(after)}`, { signal });
export const sessionEventsPath = (session: string) => `${sessionPath(session)}/events`;
/** The address of a version's picture as a file, with its recipe in the metadata. */
export const versionFile = (session: string, version: string, format: 'png' | 'jpeg' | 'tiff', depth?: 8 | 16) =>
    `${sessionPath(session)}/versions/${name(version)}/file?format=${format}${depth === undefined ? '' : `&depth=${depth}`}`;

export const cancelRun = (run: string) => ask<unknown>('POST', `/v1/runs/${name(run)}/cancel`);

/** The jobs before a job of that name. */
export const listOlderJobs = (after: string, signal?: AbortSignal) => ask<JobPage>('GET', `/v1/jobs?limit=50&after=${name(after)}`, { signal });
/** Where all jobs stand, as events. */
export const jobEventsPath = '/v1/events';
export const changeJob = (job: string, what: 'pause' | 'resume' | 'cancel') => ask<Job>('POST', `${jobPath(job)}/${what}`);
export const retryJob = (job: string) => ask<Job>('POST', `${jobPath(job)}/retry`, { json: {} });
export const jobArchive = (job: string) => `${jobPath(job)}/results.zip`;
export const jobLines = (job: string) => `${jobPath(job)}/results`;

/** Starts a job of files, or of one zip archive, or of what was uploaded before. */
export function startJob(request: JobRequest, files: readonly File[], watch: UploadWatch = {}): Promise<Job> {
    if (files.length === 0) return ask<Job>('POST', '/v1/jobs', { json: request });
    const form = new FormData();
    form.append('request', JSON.stringify(request));
    const isZip = files.length === 1 && /\.zip$/i.test(files[0]!.name);
    for (const file of files) form.append(isZip ? 'zip' : 'files', file, file.name);
    return ask<Job>('POST', '/v1/jobs', { body: form, ...watch });
}

/** The first stored files whose names begin so: what a job of that prefix works on. */
export const listUploads = (prefix: string, signal?: AbortSignal) => ask<UploadPage>('GET', `/v1/uploads?limit=1000&prefix=${name(prefix)}`, { signal });

/** What became of each picture of a job that has ended. */
export async function getJobResults(job: string, signal?: AbortSignal): Promise<JobResult[]> {
    const response = await send('GET', jobLines(job), { headers: { Accept: 'application/jsonl, application/problem+json' }, signal });
    const lines = (await response.text()).split('\n');
    return lines.filter((line) => line.trim().length > 0).map((line) => JSON.parse(line) as JobResult);
}

export const listPipelines = (signal?: AbortSignal) => ask<Pipeline[]>('GET', '/v1/pipelines', { signal });
export const listCheckpoints = (signal?: AbortSignal) => ask<Checkpoint[]>('GET', '/v1/checkpoints', { signal });
export const getCluster = (signal?: AbortSignal) => ask<ClusterReport>('GET', '/v1/cluster', { signal });
export const getUsage = (signal?: AbortSignal) => ask<Usage>('GET', '/v1/usage', { signal });
