import { useState, type FormEvent } from 'react';
import { login } from '../api/darkroom';
import { messageOf } from '../api/problem';
import { ErrorNote } from './ErrorNote';

/** Asks for an API key. The server answers it with a cookie that scripts cannot read; the key itself is not kept. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
    const [key, setKey] = useState('');
    const [error, setError] = useState<string>();
    const [isBusy, setBusy] = useState(false);

    const submit = async (event: FormEvent) => {
        event.preventDefault();
        setBusy(true);
        setError(undefined);
        try {
            await login(key.trim());
            onSignedIn();
        } catch (problem) {
            setError(messageOf(problem));
        } finally {
            setBusy(false);
        }
    };

    return (
        <form className="card sign-in" onSubmit={(event) => void submit(event)}>
            <h1>Sign in</h1>
            <label className="field">
                <span>API key</span>
                <input type="password" value={key} onChange={(event) => setKey(event.target.value)} autoComplete="current-password" required autoFocus />
            </label>
            <ErrorNote message={error} />
            <button type="submit" className="primary" disabled={isBusy || key.trim().length === 0}>Sign in</button>
            <p className="hint">Whoever runs this cluster gives you a key.</p>
        </form>
    );
}
