/** A bar for eyes and for screen readers; without a fraction it says only that something goes on. */
export function ProgressBar({ fraction, label }: { fraction: number | undefined; label: string }) {
    return fraction === undefined
        ? <progress className="progress" aria-label={label} />
        : <progress className="progress" aria-label={label} max={1} value={fraction} />;
}
