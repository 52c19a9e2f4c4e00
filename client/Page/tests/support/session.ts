import type { Image, Progress, SessionEvent, Version } from '../../src/api/types';

export const image = (hash: string, width = 640, height = 480): Image => ({ hash, width, height, mediaType: 'image/png', sizeBytes: 1000 });

export const version = (id: string, parentId: string | undefined, state: Version['state'], more: Partial<Version> = {}): Version => ({
    id, parentId, state, image: state === 'ready' ? image(`hash-${id}`) : undefined, kind: parentId === undefined ? undefined : 'restore',
    instruction: '', runId: parentId === undefined ? undefined : `r${id.slice(1)}`, settings: { strength: 1, seed: 0 }, ...more,
});

export const progress = (runId: string, fraction: number, more: Partial<Progress> = {}): Progress =>
    ({ runId, stage: 'stepping', step: 1, stepCount: 1, tile: 2, tileCount: 9, fraction, elapsed: '00:00:04', ...more });

/** A session: opened, asked, restored, refined in vain, undone. */
export const events: SessionEvent[] = [
    { sequence: 1, time: '', kind: 'opened', versionId: 'v0', version: version('v0', undefined, 'ready') },
    { sequence: 2, time: '', kind: 'answered', turnId: 't1', userText: 'What do you see?', answer: 'The image is dark.' },
    { sequence: 3, time: '', kind: 'runStarted', turnId: 't2', userText: '<restore>', answer: 'No problem.', versionId: 'v1', runId: 'r1', version: version('v1', 'v0', 'pending') },
    { sequence: 4, time: '', kind: 'versionReady', versionId: 'v1', runId: 'r1', version: version('v1', 'v0', 'ready', { description: 'The light is low.' }) },
    { sequence: 5, time: '', kind: 'runStarted', turnId: 't3', userText: '<refine> brighter', answer: 'I understand.', versionId: 'v2', runId: 'r2', version: version('v2', 'v1', 'pending', { kind: 'refine', instruction: 'brighter' }) },
    { sequence: 6, time: '', kind: 'runFailed', versionId: 'v2', runId: 'r2', answer: 'The device failed again and again.', version: version('v2', 'v1', 'failed', { kind: 'refine', instruction: 'brighter' }) },
    { sequence: 7, time: '', kind: 'checkedOut', versionId: 'v0' },
];
