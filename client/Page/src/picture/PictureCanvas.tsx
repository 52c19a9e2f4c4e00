import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import type { ShownPicture } from '../api/pictures';
import type { Image } from '../api/types';
import { ErrorNote } from '../app/ErrorNote';
import type { PictureViewer } from './viewer';

export interface ViewerHandle {
    zoomBy(factor: number): void;
    fit(): void;
    actualSize(): void;
}

export interface PictureCanvasProps {
    after: ShownPicture;
    before: Image | undefined;
    /** Where the line between them stands, 0..1. */
    divider: number;
    /** What a screen reader says of it. */
    label: string;
    onZoom: (pixelZoom: number) => void;
    ref?: Ref<ViewerHandle>;
}

/** The viewer as a component; its code is loaded with the first picture. */
export function PictureCanvas({ after, before, divider, label, onZoom, ref }: PictureCanvasProps) {
    const element = useRef<HTMLDivElement>(null);
    const [viewer, setViewer] = useState<PictureViewer>();
    const [error, setError] = useState<string>();

    useEffect(() => {
        let made: PictureViewer | undefined;
        let isGone = false;
        import('./viewer').then(
            (module) => {
                if (isGone || element.current === null) return;
                made = new module.PictureViewer(element.current, onZoom, setError);
                setViewer(made);
            },
            () => setError('The viewer could not be loaded; reload the page.'),
        );
        return () => {
            isGone = true;
            made?.destroy();
            setViewer(undefined);
        };
    }, [onZoom]);

    useEffect(() => {
        setError(undefined);
        viewer?.show(after, before, label);
    // The label follows from the pictures.
    }, [viewer, after.hash, before?.hash]);
    useEffect(() => viewer?.setDivider(divider), [viewer, divider]);
    useImperativeHandle(ref, () => ({
        zoomBy: (factor) => viewer?.zoomBy(factor),
        fit: () => viewer?.fit(),
        actualSize: () => viewer?.actualSize(),
    }), [viewer]);

    return (
        <>
            <div className="viewer" ref={element} />
            <div className="viewer-error"><ErrorNote message={error} /></div>
        </>
    );
}
