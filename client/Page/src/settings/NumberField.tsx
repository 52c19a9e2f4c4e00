import { useEffect, useState } from 'react';

export interface NumberFieldProps {
    label: string;
    value: number | undefined;
    min: number;
    max: number;
    step: number;
    onChange: (value: number | undefined) => void;
    hint?: string;
}

/** A number that may be left out. What is out of range is kept in the field and not taken. */
export function NumberField({ label, value, min, max, step, onChange, hint = 'automatic' }: NumberFieldProps) {
    const [text, setText] = useState(value === undefined ? '' : String(value));
    useEffect(() => setText((before) => (parse(before, min, max, step) === value ? before : value === undefined ? '' : String(value))), [value, min, max, step]);
    const parsed = parse(text, min, max, step);
    const isWrong = text.trim() !== '' && parsed === undefined;
    const allowed = `${min} to ${max}${step < 1 ? '' : ', a whole number'}`;
    return (
        <label className="field">
            <span>{label}</span>
            <input
                type="text" inputMode="decimal" value={text} placeholder={hint} aria-invalid={isWrong} title={allowed}
                onChange={(event) => {
                    setText(event.target.value);
                    onChange(parse(event.target.value, min, max, step));
                }}
            />
            {isWrong && <span className="wrong">{allowed}</span>}
        </label>
    );
}

function parse(text: string, min: number, max: number, step: number): number | undefined {
    if (!/^\s*\d+([.,]\d+)?\s*$/.test(text)) return undefined;
    const value = Number(text.replace(',', '.'));
    return value >= min && value <= max && (step < 1 || Number.isInteger(value)) ? value : undefined;
}
