import type { Version } from '../api/types';

/** What the describer saw and what was decided: with this the run can be made again. */
export function RunDetails({ version, description }: { version: Version; description: string | undefined }) {
    const { settings } = version;
    const facts: [string, string][] = [];
    const add = (name: string, value: string | number | undefined) => {
        if (value !== undefined && value !== '') facts.push([name, String(value)]);
    };
    add('Pipeline', version.route?.pipeline);
    add('Checkpoint', version.model);
    if (version.round) add('Round', `${version.round.number} of ${version.round.count}`);
    add('Made from', version.parentId);
    add('Strength', settings.strength === undefined ? undefined : `${Math.round(settings.strength * 100)} %`);
    add('Seed', settings.seed);
    add('Steps', settings.steps);
    add('Guidance', settings.guidanceScale);
    add('Image guidance', settings.imageGuidanceScale);
    add('Scheduler', settings.scheduler);
    add('RAW gain', settings.gain);
    if (settings.region) add('Region', settings.region.box ? 'a rectangle' : 'a mask');

    return (
        <>
            {description && (
                <figure className="seen">
                    <figcaption>What it saw</figcaption>
                    <blockquote>{description}</blockquote>
                </figure>
            )}
            {version.route && (
                <figure className="seen">
                    <figcaption>Why {version.route.pipeline}</figcaption>
                    <blockquote>{version.route.reason}</blockquote>
                </figure>
            )}
            <details className="decided" onToggle={(event) => event.currentTarget.open && event.currentTarget.scrollIntoView?.({ block: 'nearest' })}>
                <summary>What was decided</summary>
                {version.instruction && <p className="instruction"><span className="hint">{version.kind ?? 'Instruction'}: </span>{version.instruction}</p>}
                <dl>{facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
            </details>
        </>
    );
}
