import { ProgressBar } from '../app/ProgressBar';

/** How much of an upload has gone; then the server looks at what came. */
export function UploadBar({ fraction }: { fraction: number }) {
    const isSent = fraction >= 1;
    return (
        <div className="upload">
            <ProgressBar fraction={isSent ? undefined : fraction} label="Upload" />
            <p className="upload-text">{isSent ? 'Looking at it…' : `Uploading · ${Math.floor(fraction * 100)} %`}</p>
            <p className="visually-hidden" role="status">{isSent ? 'Uploaded; the server looks at it.' : 'Uploading'}</p>
        </div>
    );
}
