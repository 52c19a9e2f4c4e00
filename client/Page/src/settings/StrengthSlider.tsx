/** How much of the restored picture is taken. */
export function StrengthSlider({ value, onChange }: { value: number; onChange: (value: number) => void }) {
    return (
        <label className="strength">
            <span>Strength</span>
            <input
                type="range" min={0} max={100} step={1} value={Math.round(value * 100)} aria-valuetext={`${Math.round(value * 100)} percent`}
                onChange={(event) => onChange(Number(event.target.value) / 100)}
            />
            <output>{Math.round(value * 100)} %</output>
        </label>
    );
}
