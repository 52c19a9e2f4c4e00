/** Reads hh:mm:ss.fffffff, with days before it or not, as seconds. */
export function seconds(duration: string): number {
    const match = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(duration);
    if (match === null) return 0;
    const [, days = '0', hours = '0', minutes = '0', rest = '0'] = match;
    return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest);
}

/** A duration for people. */
export function durationText(value: number): string {
    const whole = Math.round(value);
    if (value < 9.5) return `${Number(value.toFixed(1))} s`;
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
    return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/**
 * How long a run still takes (seconds), or undefined before that can be said.
 * @param stepping Where and when its steps began: loading and preparing before it say nothing of what is left.
 */
export function timeLeft(fraction: number, elapsed: number, stepping: { fraction: number; elapsed: number }): number | undefined {
    const done = fraction - stepping.fraction;
    const spent = elapsed - stepping.elapsed;
    if (done < 0.02 || spent <= 0) return undefined;
    return (spent / done) * (1 - fraction);
}

/** A remaining time for people; it does not pretend to know seconds ahead. */
export function timeLeftText(left: number | undefined): string {
    if (left === undefined) return '';
    if (left < 5) return 'a few seconds left';
    if (left < 55) return `about ${Math.ceil(left / 5) * 5} s left`;
    if (left < 3600) return `about ${Math.ceil(left / 60)} min left`;
    return `about ${Math.ceil(left / 3600)} h left`;
}
