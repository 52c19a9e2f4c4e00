import type { Settings } from '../api/types';
import { NumberField } from './NumberField';

export interface SettingsPanelProps {
    settings: Settings;
    onChange: (settings: Settings) => void;
    /** Whether the picture is a camera's RAW file. */
    isRaw: boolean;
}

/** The settings of the next run. What is left empty is the pipeline's own choice. */
export function SettingsPanel({ settings, onChange, isRaw }: SettingsPanelProps) {
    const set = <K extends keyof Settings>(name: K) => (value: Settings[K]) => {
        const next = { ...settings };
        if (value === undefined) delete next[name];
        else next[name] = value;
        onChange(next);
    };
    return (
        <div className="settings">
            <NumberField label="Seed" value={settings.seed} min={0} max={Number.MAX_SAFE_INTEGER} step={1} onChange={set('seed')} hint="0" />
            <NumberField label="Steps" value={settings.steps} min={1} max={1000} step={1} onChange={set('steps')} />
            <NumberField label="Guidance" value={settings.guidanceScale} min={0} max={100} step={0.1} onChange={set('guidanceScale')} />
            <NumberField label="Image guidance" value={settings.imageGuidanceScale} min={0} max={100} step={0.1} onChange={set('imageGuidanceScale')} />
            {isRaw && <NumberField label="RAW gain" value={settings.gain} min={0.01} max={10_000} step={0.1} onChange={set('gain')} />}
            <label className="field">
                <span>Scheduler</span>
                <select value={settings.scheduler ?? ''} onChange={(event) => set('scheduler')(event.target.value || undefined)}>
                    <option value="">automatic</option>
                    {['ddim', 'ddpm', 'euler', 'unipc'].map((name) => <option key={name}>{name}</option>)}
                </select>
            </label>
            <div className="settings-end">
                <button type="button" className="quiet" onClick={() => onChange({ strength: settings.strength })}>All automatic</button>
            </div>
        </div>
    );
}
