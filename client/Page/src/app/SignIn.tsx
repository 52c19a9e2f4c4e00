import { useState, type FormEvent } from 'react';
import { getLogin, login } from '../api/darkroom';
import { messageOf } from '../api/problem';
import { ErrorNote } from './ErrorNote';
import { beginLogin } from './openId';
import { useLoaded } from './useAsync';

/**
 * Asks who this is: by the OpenID Connect issuer if the server names one, or by an API key. Either is answered with a
 * cookie that scripts cannot read; neither key nor token is kept.
 */
export function SignIn({ failure, onSignedIn }: { failure: string | undefined; onSignedIn: () => void }) {
    const { value: how } = useLoaded(getLogin);
    const [key, setKey] = useState('');
    const [error, setError] = useState(failure);
    const [isBusy, setBusy] = useState(false);

    const attempt = async (work: () => Promise<void>) => {
        setBusy(true);
        setError(undefined);
        try {
            await work();
        } catch (problem) {
            setError(messageOf(problem));
        } finally {
            setBusy(false);
        }
    };
    const submit = (event: FormEvent) => {
        event.preventDefault();
        void attempt(async () => {
            await login(key.trim());
            onSignedIn();
        });
    };
    const openId = how?.openId;

    return (
        <div className="card sign-in">
            <h1>Sign in</h1>
            <ErrorNote message={error} />
            {openId && (
                <>
                    <button type="button" className="primary large" disabled={isBusy} onClick={() => void attempt(() => beginLogin(openId))}>Sign in with {new URL(openId.issuer).host}</button>
                    <p className="or"><span>or</span></p>
                </>
            )}
            <form onSubmit={submit}>
                <label className="field">
                    <span>API key</span>
                    <input type="password" value={key} onChange={(event) => setKey(event.target.value)} autoComplete="current-password" required />
                </label>
                <button type="submit" className={openId ? undefined : 'primary'} disabled={isBusy || key.trim().length === 0}>Sign in</button>
            </form>
            <p className="hint">Whoever runs this cluster gives you a key.</p>
        </div>
    );
}
