import { describe, expect, it } from 'vitest';
import { layOutTree } from '../src/versions/treeLayout';
import { version } from './support/session';

const place = (...parents: [string, string | undefined][]) =>
    Object.fromEntries(layOutTree(parents.map(([id, parent]) => version(id, parent, 'ready'))).map(({ version: { id }, column, row, parentRow }) => [id, [column, row, parentRow]]));

describe('layOutTree', () => {
    it('puts a chain into one row', () => {
        expect(place(['v0', undefined], ['v1', 'v0'], ['v2', 'v1'])).toEqual({ v0: [0, 0, undefined], v1: [1, 0, 0], v2: [2, 0, 0] });
    });

    it('puts branches into rows of their own', () => {
        expect(place(['v0', undefined], ['v1', 'v0'], ['v2', 'v1'], ['v3', 'v0'], ['v4', 'v1'], ['v5', 'v3'])).toEqual({
            v0: [0, 0, undefined], v1: [1, 0, 0], v2: [2, 0, 0], v4: [2, 1, 0], v3: [1, 2, 0], v5: [2, 2, 2],
        });
    });

    it('never puts two versions into one place', () => {
        const parents: [string, string | undefined][] = [['v0', undefined]];
        for (let i = 1; i < 60; i++) parents.push([`v${i}`, `v${(i * 7919) % i}`]);
        const places = Object.values(place(...parents)).map(([column, row]) => `${column}/${row}`);
        expect(new Set(places).size).toBe(60);
    });

    it('shows a version whose parent is not there', () => {
        expect(place(['v4', 'v3'])).toEqual({ v4: [0, 0, undefined] });
    });
});
