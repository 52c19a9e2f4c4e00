import { useCallback, useEffect, useRef, useState } from 'react';
import { getMe } from '../api/darkroom';
import { onSignInNeeded } from '../api/http';
import { messageOf, Problem } from '../api/problem';
import type { Me } from '../api/types';
import { ClusterPage } from '../cluster/ClusterPage';
import { JobsPage } from '../jobs/JobsPage';
import { SessionPage } from '../session/SessionPage';
import { StartPage } from '../start/StartPage';
import { ErrorNote } from './ErrorNote';
import { Header } from './Header';
import { finishLogin } from './openId';
import { SignIn } from './SignIn';
import { useRoute, type Route } from './useRoute';

/** The whole page: who is here, and what the address names. */
export function App() {
    const route = useRoute();
    const [me, setMe] = useState<Me>();
    const [isUnknown, setUnknown] = useState(false);
    const [error, setError] = useState<string>();
    const [loginFailure, setLoginFailure] = useState<string>();

    const learn = useCallback(async () => {
        await finishLogin().catch((problem: unknown) => setLoginFailure(messageOf(problem)));
        try {
            setMe(await getMe());
            setLoginFailure(undefined);
            setUnknown(false);
            setError(undefined);
        } catch (problem) {
            if (problem instanceof Problem && problem.status === 401) setUnknown(true);
            else setError(messageOf(problem));
        }
    }, []);

    useEffect(() => onSignInNeeded(() => setUnknown(true)), []);
    useEffect(() => void learn(), [learn]);
    useFocusOnMove(route);

    return (
        <>
            <a className="skip" href="#content" onClick={(click) => {
                click.preventDefault();
                document.getElementById('content')?.focus();
            }}>Skip to the content</a>
            <Header me={isUnknown ? undefined : me} route={route} onSignedOut={() => setUnknown(true)} />
            <main id="content" tabIndex={-1} className={`page page-${route.page}`}>
                <ErrorNote message={error} />
                {error !== undefined && <p><button type="button" onClick={() => void learn()}>Try again</button></p>}
                {isUnknown ? <SignIn failure={loginFailure} onSignedIn={() => void learn()} /> : me && <Content route={route} me={me} />}
            </main>
        </>
    );
}

// Who comes to another page by keyboard goes on at its beginning, not behind the link.
function useFocusOnMove(route: Route): void {
    const address = route.page === 'session' ? `session ${route.session}` : route.page;
    const last = useRef(address);
    useEffect(() => {
        if (last.current !== address) document.getElementById('content')?.focus();
        last.current = address;
    }, [address]);
}

function Content({ route, me }: { route: Route; me: Me }) {
    switch (route.page) {
        case 'session': return <SessionPage key={route.session} session={route.session} />;
        case 'jobs': return <JobsPage />;
        case 'cluster': return <ClusterPage isOperator={me.role === 'operator'} />;
        default: return <StartPage />;
    }
}
