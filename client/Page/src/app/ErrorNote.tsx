/** Says what went wrong, in the words of the server. */
export function ErrorNote({ message, onDismiss }: { message: string | undefined; onDismiss?: () => void }) {
    if (message === undefined) return null;
    return (
        <div className="error-note" role="alert">
            <span>{message}</span>
            {onDismiss && <button type="button" className="quiet" onClick={onDismiss} aria-label="Dismiss">×</button>}
        </div>
    );
}
