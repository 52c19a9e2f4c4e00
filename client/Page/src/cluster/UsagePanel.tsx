import type { Usage } from '../api/types';
import { durationText } from '../session/time';

/** What the account may, has and has used. */
export function UsagePanel({ usage: { status, days } }: { usage: Usage }) {
    const { limits, today } = status;
    const most = Math.max(1, ...days.map((day) => day.deviceSeconds));
    return (
        <section className="card" aria-label="Usage">
            <h2>Usage</h2>
            <dl className="facts">
                <div><dt>Under way</dt><dd>{status.activeRuns} of {limits.maxConcurrentRuns}</dd></div>
                <div><dt>Waiting</dt><dd>{status.queuedRuns} of {limits.maxQueuedRuns}</dd></div>
                <div><dt>Device time today</dt><dd>{durationText(today.deviceSeconds)}{limits.deviceSecondsPerDay === undefined ? '' : ` of ${durationText(limits.deviceSecondsPerDay)}`}</dd></div>
                <div><dt>Pictures today</dt><dd>{today.images}</dd></div>
            </dl>
            {days.length > 1 && (
                <ul className="days" aria-label="Device time by day">
                    {days.slice(-30).map((day) => (
                        <li key={day.day} title={`${day.day}: ${durationText(day.deviceSeconds)}, ${day.images} pictures`}>
                            <span style={{ height: `${Math.max(2, (day.deviceSeconds / most) * 100)}%` }} />
                            <span className="visually-hidden">{day.day}: {durationText(day.deviceSeconds)}, {day.images} pictures</span>
                        </li>
                    ))}
                </ul>
            )}
        </section>
    );
}
