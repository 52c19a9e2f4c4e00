import { useRef, type KeyboardEvent, type PointerEvent } from 'react';

/** The line between before and after: dragged, or moved by the arrow keys. */
export function Divider({ value, onChange }: { value: number; onChange: (value: number) => void }) {
    const handle = useRef<HTMLDivElement>(null);
    const clamp = (next: number) => Math.min(Math.max(next, 0), 1);

    const drag = (event: PointerEvent<HTMLDivElement>) => {
        if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
        const frame = handle.current!.parentElement!.getBoundingClientRect();
        onChange(clamp((event.clientX - frame.left) / frame.width));
    };

    const onKeyDown = (event: KeyboardEvent) => {
        const step = event.shiftKey ? 0.1 : 0.02;
        const next: Partial<Record<string, number>> = {
            ArrowLeft: value - step, ArrowDown: value - step, ArrowRight: value + step, ArrowUp: value + step,
            PageDown: value - 0.1, PageUp: value + 0.1, Home: 0, End: 1,
        };
        const to = next[event.key];
        if (to === undefined) return;
        event.preventDefault();
        onChange(clamp(to));
    };

    return (
        <div
            ref={handle} className="divider" role="slider" tabIndex={0} style={{ left: `${value * 100}%` }}
            aria-label="Line between before and after" aria-orientation="horizontal" aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(value * 100)}
            aria-valuetext={`${Math.round(value * 100)} % before`}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)} onPointerMove={drag} onKeyDown={onKeyDown}
        >
            <span className="divider-grip" aria-hidden="true">⟷</span>
        </div>
    );
}
