import type { Mask } from './MaskEditor';

/** Shows that the next run changes a part of the picture only. */
export function MaskChip({ mask, onRemove }: { mask: Mask; onRemove: () => void }) {
    const share = mask.share < 0.01 ? 'less than 1 %' : `${Math.round(mask.share * 100)} %`;
    return (
        <div className="chip">
            <span>Mask: {share} of the picture may change</span>
            <button type="button" className="quiet" onClick={onRemove} aria-label="Remove the mask">×</button>
        </div>
    );
}
