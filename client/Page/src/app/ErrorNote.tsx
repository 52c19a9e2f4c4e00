/** Says what went wrong, in the words of the server. */
export function ErrorNote({ message, onRetry, onDismiss }: { message: string | undefined; onRetry?: () => void; onDismiss?: () => void }) {
    if (message === undefined) return null;
    return (
        <div className="error-note" role="alert">
            <span>{message}</span>
            {onRetry && <button type="button" className="quiet" onClick={onRetry}>Try again</button>}
            {onDismiss && <button type="button" className="quiet" onClick={onDismiss} aria-label="Dismiss">×</button>}
        </div>
    );
}
