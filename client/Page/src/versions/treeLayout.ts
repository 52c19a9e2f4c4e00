import type { Version } from '../api/types';

export interface PlacedVersion {
    version: Version;
    /** How many versions it is away from the picture as it was opened. */
    column: number;
    /** Branches are below each other. */
    row: number;
    /** The row of its parent. */
    parentRow?: number;
}

/** Places a tree from left to right: the first child goes on in its parent's row, every other one begins a row of its own. */
export function layOutTree(versions: readonly Version[]): PlacedVersion[] {
    const children = new Map<string | undefined, Version[]>();
    const known = new Set(versions.map((version) => version.id));
    for (const version of versions) {
        const parent = version.parentId !== undefined && known.has(version.parentId) ? version.parentId : undefined;
        children.set(parent, [...(children.get(parent) ?? []), version]);
    }

    const placed: PlacedVersion[] = [];
    let rows = 0;
    const waiting = (children.get(undefined) ?? []).toReversed().map((version) => ({ version, column: 0, row: -1, parentRow: undefined as number | undefined }));
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const row = next.row >= 0 ? next.row : rows++;
        placed.push({ version: next.version, column: next.column, row, parentRow: next.parentRow });
        const below = children.get(next.version.id) ?? [];
        const column = next.column + 1;
        // The last one put on the stack comes first, so the first child keeps the row.
        for (let i = below.length - 1; i >= 0; i--) waiting.push({ version: below[i]!, column, row: i === 0 ? row : -1, parentRow: row });
    }
    return placed;
}
