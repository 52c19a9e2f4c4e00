import { logout } from '../api/darkroom';
import type { Me } from '../api/types';
import { ThemeSwitch } from './ThemeSwitch';
import type { Route } from './useRoute';

/** The way to the pages, and who is here. */
export function Header({ me, route, onSignedOut }: { me: Me | undefined; route: Route; onSignedOut: () => void }) {
    const current = (page: Route['page']) => (route.page === page ? 'page' as const : undefined);
    return (
        <header className="header">
            <a className="brand" href="#/" aria-label="Darkroom, start"><span className="brand-mark" aria-hidden="true" />Darkroom</a>
            <nav aria-label="Pages">
                <a href="#/" aria-current={current('start')}>Pictures</a>
                <a href="#/jobs" aria-current={current('jobs')}>Jobs</a>
                {me?.role === 'operator' && <a href="#/cluster" aria-current={current('cluster')}>Cluster</a>}
            </nav>
            <div className="header-end">
                <ThemeSwitch />
                {me && <span className="account" title={`Account ${me.account}, ${me.role}`}>{me.name ?? me.account}</span>}
                {me?.login === 'Cookie' && <button type="button" className="quiet" onClick={() => void logout().finally(onSignedOut)}>Sign out</button>}
            </div>
        </header>
    );
}
