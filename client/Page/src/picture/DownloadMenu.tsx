import { useEffect, useRef } from 'react';
import { versionFile } from '../api/darkroom';
import type { Version } from '../api/types';

const kinds = [
    { name: 'PNG, 8 bit', format: 'png', depth: 8 },
    { name: 'PNG, 16 bit', format: 'png', depth: 16 },
    { name: 'TIFF, 16 bit', format: 'tiff', depth: 16 },
    { name: 'JPEG', format: 'jpeg', depth: undefined },
] as const;

/** Offers the picture as a file; the recipe it was made by is in its metadata. */
export function DownloadMenu({ session, version }: { session: string; version: Version }) {
    const menu = useRef<HTMLDetailsElement>(null);

    useEffect(() => {
        const close = (event: Event) => {
            const open = menu.current;
            if (open?.open !== true) return;
            const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
            if (isEscape || (event.type === 'pointerdown' && !open.contains(event.target as Node))) open.open = false;
        };
        addEventListener('pointerdown', close);
        addEventListener('keydown', close);
        return () => {
            removeEventListener('pointerdown', close);
            removeEventListener('keydown', close);
        };
    }, []);

    return (
        <details className="menu" ref={menu}>
            <summary className="button">Download</summary>
            <ul className="menu-list">
                {kinds.map(({ name, format, depth }) => (
                    <li key={name}>
                        <a href={versionFile(session, version.id, format, depth)} download onClick={() => menu.current?.removeAttribute('open')}>{name}</a>
                    </li>
                ))}
                <li className="hint">{version.id}, with its recipe in the metadata</li>
            </ul>
        </details>
    );
}
