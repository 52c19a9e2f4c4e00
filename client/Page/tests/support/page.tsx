import { act, cleanup, configure, render } from '@testing-library/react';
import { afterEach, vi } from 'vitest';
import { App } from '../../src/app/App';

// There is no canvas to look through here; what the viewer is told is what counts.
export const viewer = { show: vi.fn(), setDivider: vi.fn(), zoomBy: vi.fn(), fit: vi.fn(), actualSize: vi.fn(), destroy: vi.fn() };
vi.mock('../../src/picture/viewer', () => ({
    PictureViewer: class {
        constructor() {
            return viewer;
        }
    },
}));

// Machines may be busy; and a whole page in an error's message helps nobody.
configure({ asyncUtilTimeout: 20_000, getElementError: (message) => new Error(message?.split('\n')[0]) });

afterEach(() => {
    cleanup();
    sessionStorage.clear();
    localStorage.clear();
});

/** Drops files on the page, as somebody does who holds them over it first. */
export async function dropFiles(files: File[], seenMeanwhile: () => Promise<unknown>): Promise<void> {
    act(() => fireFileEvent('dragenter', 'dataTransfer', files));
    await seenMeanwhile();
    act(() => fireFileEvent('dragover', 'dataTransfer', files));
    act(() => fireFileEvent('drop', 'dataTransfer', files));
}

/** Pastes files into the page. */
export function pasteFiles(files: File[]): void {
    act(() => fireFileEvent('paste', 'clipboardData', files));
}

function fireFileEvent(name: string, holder: 'dataTransfer' | 'clipboardData', files: File[]): void {
    const event = new Event(name, { bubbles: true, cancelable: true });
    Object.defineProperty(event, holder, { value: { types: ['Files'], files } });
    dispatchEvent(event);
}

/** Opens the page at an address. */
export function openPage(address: string) {
    location.hash = address;
    return render(<App />);
}
