import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Debian's Chromium or one like it; CHROMIUM names another one. */
export const chromiumPath = places.find((path) => path !== undefined && existsSync(path));

export const startBrowser = (): Promise<Browser> =>
    chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });

/** A page whose every complaint and every request to another host (but the issuer) is written down. */
export async function openPage(browser: Browser, address: string, options: BrowserContextOptions = {}, issuer?: string): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(240_000);
    const complaints: string[] = [];
    const own = new URL(address).origin;
    page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
        complaints.push(`A dialog: ${dialog.message()}`);
        void dialog.dismiss();
    });
    page.on('request', (request) => {
        const isExpected = [own, 'blob:', issuer ?? own].some((start) => request.url().startsWith(start));
        if (!isExpected) complaints.push(`A request to ${request.url()}`);
    });
    await page.goto(address);
    return { page, complaints };
}
