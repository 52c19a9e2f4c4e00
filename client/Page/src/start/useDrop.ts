import { useEffect, useState } from 'react';

/**
 * Takes files that are dropped or pasted anywhere on the page.
 * @returns Whether files are held over the page.
 */
export function useDrop(onFiles: (files: File[]) => void): boolean {
    const [isOver, setOver] = useState(false);
    useEffect(() => {
        // Entering an inner element comes before leaving the outer one.
        let depth = 0;
        const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
        const enter = (event: DragEvent) => {
            if (holdsFiles(event) && ++depth > 0) setOver(true);
        };
        const leave = (event: DragEvent) => {
            if (holdsFiles(event) && --depth <= 0) setOver(false);
        };
        const over = (event: DragEvent) => {
            if (holdsFiles(event)) event.preventDefault();
        };
        const drop = (event: DragEvent) => {
            if (!holdsFiles(event)) return;
            event.preventDefault();
            depth = 0;
            setOver(false);
            const files = [...event.dataTransfer!.files];
            if (files.length > 0) onFiles(files);
        };
        const paste = (event: ClipboardEvent) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (files.length === 0) return;
            event.preventDefault();
            onFiles(files);
        };
        addEventListener('dragenter', enter);
        addEventListener('dragleave', leave);
        addEventListener('dragover', over);
        addEventListener('drop', drop);
        addEventListener('paste', paste);
        return () => {
            removeEventListener('dragenter', enter);
            removeEventListener('dragleave', leave);
            removeEventListener('dragover', over);
            removeEventListener('drop', drop);
            removeEventListener('paste', paste);
        };
    }, [onFiles]);
    return isOver;
}
