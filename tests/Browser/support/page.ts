import { expect } from 'vitest';
import type { Page } from 'playwright-core';
import { photograph } from './picture';

export interface NamedFile {
    name: string;
    mimeType: string;
    buffer: Buffer;
}

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

/** The version that the next message is about. */
export const current = (page: Page, id: string) => page.locator(`button[aria-current="true"][aria-label^="${id},"]`);

/** Opens a session with a picture. */
export async function upload(page: Page, file: NamedFile = photograph): Promise<void> {
    await button(page, 'Choose a picture').waitFor();
    await page.getByLabel('Picture file').setInputFiles(file);
    await current(page, 'v0').waitFor();
}

/** Restores and waits for the version. */
export async function restore(page: Page, id: string): Promise<void> {
    await button(page, 'Restore').click();
    await current(page, id).waitFor();
}

export async function say(page: Page, words: string): Promise<void> {
    await page.getByLabel('Message').fill(words);
    await page.keyboard.press('Enter');
}

/** Presses Tab until what has that name is focused. */
export async function tabTo(page: Page, name: string): Promise<void> {
    for (let i = 0; i < 80; i++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
        if (focused === name) return;
    }
    throw new Error(`Tab never comes to '${name}'.`);
}

/** Drops files on the page as somebody does who drags them over it, or pastes them. */
export async function giveFiles(page: Page, how: 'drop' | 'paste', ...files: NamedFile[]): Promise<void> {
    const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, text: buffer.toString('base64') }));
    await page.evaluate(([kind, given]) => {
        const data = new DataTransfer();
        for (const { name, mimeType, text } of given) data.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name, { type: mimeType }));
        const target = document.querySelector('main')!;
        if (kind === 'paste') target.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
        else for (const name of ['dragenter', 'dragover', 'drop']) target.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
    }, [how, plain] as const);
}

/** Everything is within the width of the screen. */
export async function expectNothingIsWider(page: Page, width: number, what: string): Promise<void> {
    const widest = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.querySelector('main')!.scrollWidth));
    expect(widest, what).toBeLessThanOrEqual(width);
}
