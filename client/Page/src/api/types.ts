// The shapes of docs/api.md.

export interface Image {
    hash: string;
    width: number;
    height: number;
    mediaType: string;
    sizeBytes: number;
}

export interface Box {
    x: number;
    y: number;
    width: number;
    height: number;
}

export interface Region {
    box?: Box;
    maskHash?: string;
    feather?: number;
}

export interface Settings {
    strength?: number;
    seed?: number;
    steps?: number;
    guidanceScale?: number;
    imageGuidanceScale?: number;
    scheduler?: string;
    gain?: number;
    region?: Region;
}

export interface Session {
    session: string;
    source: Image;
    model?: string;
    currentVersionId: string;
    currentImage: Image;
    versionCount: number;
    lastSequence: number;
}

export interface ListedSession {
    session: string;
    openedAt: string;
    source: Image;
    currentImage: Image;
    currentVersionId: string;
    versionCount: number;
    lastSequence: number;
}

export interface SessionPage {
    sessions: ListedSession[];
    next?: string;
}

export interface Reply {
    turnId: string;
    outcome: 'answered' | 'runStarted' | 'refused';
    answer: string;
    description?: string;
    runId?: string;
    versionId?: string;
    sequence: number;
}

export type RunKind = 'restore' | 'refine';

export interface RunError {
    code: string;
    message: string;
}

export interface Version {
    id: string;
    parentId?: string;
    state: 'pending' | 'ready' | 'failed' | 'cancelled';
    image?: Image;
    kind?: RunKind;
    instruction: string;
    description?: string;
    runId?: string;
    settings: Settings;
    model?: string;
    modelHash?: string;
    error?: RunError;
    /** Which pipeline was chosen and why; nothing where the session names its checkpoint. */
    route?: Route;
    round?: { number: number; count: number };
}

export interface Route {
    pipeline: string;
    model?: string;
    reason: string;
}

export type SessionEventKind =
    'opened' | 'answered' | 'runStarted' | 'versionReady' | 'runFailed' | 'runCancelled' | 'checkedOut' | 'roundsEnded' | 'roundsSettled';

export interface SessionEvent {
    sequence: number;
    time: string;
    kind: SessionEventKind;
    userText?: string;
    answer?: string;
    turnId?: string;
    versionId?: string;
    runId?: string;
    version?: Version;
    description?: string;
}

export type RunStage = 'queued' | 'preparing' | 'stepping' | 'finishing' | 'completed' | 'failed' | 'cancelled';

export interface Progress {
    runId: string;
    stage: RunStage;
    step: number;
    stepCount: number;
    tile: number;
    tileCount: number;
    fraction: number;
    elapsed: string;
    description?: string;
    preview?: Image;
}

export interface Comparison {
    before: Version;
    after: Version;
    commonAncestorId: string;
    differences: { name: string; before: string; after: string }[];
}

export interface Job {
    jobId: string;
    stage: 'listing' | 'running' | 'paused' | 'cancelling' | 'completed' | 'failed' | 'cancelled';
    total: number;
    completed: number;
    quarantined: number;
    cancelled: number;
    running: number;
    error?: RunError;
    attempt: number;
    elapsed: string;
    hasEnded: boolean;
    settled: number;
}

export interface JobPage {
    jobs: Job[];
    next?: string;
}

export interface JobResult {
    index: number;
    name: string;
    outcome: 'completed' | 'quarantined' | 'cancelled';
    source?: Image;
    result?: Image;
    error?: RunError;
    attempts: number;
}

export interface JobRequest {
    name?: string;
    prefix?: string;
    kind?: RunKind;
    words?: string;
    model?: string;
    settings?: Settings;
}

export interface UploadPage {
    uploads: { name: string; sizeBytes: number; modifiedAt: string }[];
    next?: string;
}

export interface Login {
    takesKeys: boolean;
    openId?: OpenIdLogin;
}

/** An OpenID Connect issuer at which people sign in. */
export interface OpenIdLogin {
    issuer: string;
    clientId: string;
    scope: string;
}

export interface Me {
    account: string;
    role: 'user' | 'operator';
    name?: string;
    login: 'Local' | 'Key' | 'Cookie' | 'Bearer';
    antiforgeryToken?: string;
}

export interface Checkpoint {
    name: string;
    pipeline: string;
    isWhole: boolean;
    isDefault: boolean;
}

export interface Pipeline {
    name: string;
    checkpoints: string[];
}

export interface Device {
    device: string;
    queueDepth: number;
    queueCapacity: number;
    residentModels: string[];
    isHung: boolean;
    expectedWork: string;
    runTime: string;
    loadTime: string;
}

export interface Silo {
    silo: string;
    devices: Device[];
    models: string[];
    defaultModel: string;
    isStopping: boolean;
}

export interface ClusterReport {
    silos: Silo[];
    supervisor: { silos: string[]; unfinished: number; rounds: number };
}

export interface UsageDay {
    day: string;
    deviceSeconds: number;
    images: number;
    runs: number;
}

export interface Usage {
    status: {
        limits: { maxConcurrentRuns: number; maxQueuedRuns: number; deviceSecondsPerDay?: number };
        activeRuns: number;
        queuedRuns: number;
        today: UsageDay;
    };
    days: UsageDay[];
}
