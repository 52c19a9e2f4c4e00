import { useCallback, useEffect, useState } from 'react';
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
import { SignIn } from './SignIn';
import { useRoute, type Route } from './useRoute';

/** The whole page: who is here, and what the address names. */
export function App() {
    const route = useRoute();
    const [me, setMe] = useState<Me>();
    const [isUnknown, setUnknown] = useState(false);
    const [error, setError] = useState<string>();

    const learn = useCallback(async () => {
        try {
            setMe(await getMe());
            setUnknown(false);
            setError(undefined);
        } catch (problem) {
            if (problem instanceof Problem && problem.status === 401) setUnknown(true);
            else setError(messageOf(problem));
        }
    }, []);

    useEffect(() => onSignInNeeded(() => setUnknown(true)), []);
    useEffect(() => void learn(), [learn]);

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
                {isUnknown ? <SignIn onSignedIn={() => void learn()} /> : me && <Content route={route} me={me} />}
            </main>
        </>
    );
}

function Content({ route, me }: { route: Route; me: Me }) {
    switch (route.page) {
        case 'session': return <SessionPage key={route.session} session={route.session} />;
        case 'jobs': return <JobsPage />;
        case 'cluster': return <ClusterPage isOperator={me.role === 'operator'} />;
        default: return <StartPage />;
    }
}
