import { getCluster, getUsage, listCheckpoints } from '../api/darkroom';
import { ErrorNote } from '../app/ErrorNote';
import { useLoaded } from '../app/useAsync';
import { SiloCard } from './SiloCard';
import { UsagePanel } from './UsagePanel';

const period = 3000;

/** What the cluster has and does. */
export function ClusterPage({ isOperator }: { isOperator: boolean }) {
    return (
        <>
            <h1>Cluster</h1>
            {isOperator ? <Silos /> : <p className="hint">Silos and devices are shown to operators.</p>}
            <Usage />
            <Checkpoints />
        </>
    );
}

function Silos() {
    const { value, error } = useLoaded(getCluster, period);
    const unfinished = value?.supervisor.unfinished ?? 0;
    return (
        <section aria-label="Silos">
            <ErrorNote message={error} />
            {value && <p className="hint">{count(value.silos.length, 'silo')} · {unfinished === 0 ? 'nothing unfinished' : `${count(unfinished, 'run or job', 'runs and jobs')} unfinished`}</p>}
            {value?.silos.length === 0 && <p>No silo has reported lately.</p>}
            <div className="silos">{value?.silos.map((silo) => <SiloCard key={silo.silo} silo={silo} />)}</div>
        </section>
    );
}

function Usage() {
    const { value, error } = useLoaded(getUsage, 2 * period);
    return <><ErrorNote message={error} />{value && <UsagePanel usage={value} />}</>;
}

function Checkpoints() {
    const { value, error } = useLoaded(listCheckpoints);
    return (
        <section className="card" aria-label="Checkpoints">
            <h2>Checkpoints</h2>
            <ErrorNote message={error} />
            <div className="table-scroll">
                <table>
                    <thead><tr><th scope="col">Name</th><th scope="col">Pipeline</th><th scope="col">State</th></tr></thead>
                    <tbody>
                        {value?.map((checkpoint) => (
                            <tr key={checkpoint.name}>
                                <th scope="row">{checkpoint.name}</th>
                                <td>{checkpoint.pipeline}</td>
                                <td>{checkpoint.isWhole ? checkpoint.isDefault ? 'ready, the default' : 'ready' : 'networks are missing'}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </section>
    );
}

function count(value: number, one: string, many = `${one}s`): string {
    return `${value} ${value === 1 ? one : many}`;
}
