import { listCheckpoints } from '../api/darkroom';
import { useLoaded } from '../app/useAsync';

/** Chooses what restores: the checkpoints that the cluster has, by their pipelines. */
export function CheckpointChoice({ value, onChange, label = 'Pipeline' }: { value: string; onChange: (name: string) => void; label?: string }) {
    const { value: checkpoints = [] } = useLoaded(listCheckpoints);
    const whole = checkpoints.filter((checkpoint) => checkpoint.isWhole);
    const pipelines = [...new Set(whole.map((checkpoint) => checkpoint.pipeline))];
    return (
        <label className="field">
            <span>{label}</span>
            <select value={whole.some((checkpoint) => checkpoint.name === value) ? value : ''} onChange={(event) => onChange(event.target.value)}>
                <option value="">Automatic, by the picture</option>
                {pipelines.map((pipeline) => (
                    <optgroup key={pipeline} label={pipeline}>
                        {whole.filter((checkpoint) => checkpoint.pipeline === pipeline).map((checkpoint) => <option key={checkpoint.name}>{checkpoint.name}</option>)}
                    </optgroup>
                ))}
            </select>
        </label>
    );
}
