import { useRef, type KeyboardEvent, type ReactNode } from 'react';

export interface ComposerProps {
    text: string;
    onText: (text: string) => void;
    onSend: (text: string) => void;
    isBusy: boolean;
    /** Whether a run of this session is under way: words are taken, commands are not. */
    isRunning: boolean;
    children: ReactNode;
}

/** Where the next message is written. */
export function Composer({ text, onText, onSend, isBusy, isRunning, children }: ComposerProps) {
    const field = useRef<HTMLTextAreaElement>(null);
    const canSend = text.trim().length > 0 && !isBusy;

    const onKeyDown = (event: KeyboardEvent) => {
        if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
        event.preventDefault();
        if (canSend) onSend(text);
    };
    const refine = () => {
        onText(/<refine>/i.test(text) ? text : `<refine> ${text}`);
        field.current?.focus();
    };

    return (
        <form className="composer" onSubmit={(event) => {
            event.preventDefault();
            if (canSend) onSend(text);
        }}>
            <div className="quick" role="group" aria-label="Commands">
                <button type="button" className="primary" disabled={isBusy || isRunning} onClick={() => onSend('<restore>')}>Restore</button>
                <button type="button" disabled={isBusy || isRunning} onClick={refine}>Refine…</button>
                <button type="button" disabled={isBusy} onClick={() => onSend('Describe the picture.')}>Describe</button>
            </div>
            {children}
            <div className="write">
                <textarea
                    ref={field} rows={2} value={text} onChange={(event) => onText(event.target.value)} onKeyDown={onKeyDown} maxLength={2000}
                    aria-label="Message" placeholder="Ask about the picture, or: <refine> it is still too dark"
                />
                <button type="submit" disabled={!canSend}>Send</button>
            </div>
        </form>
    );
}
