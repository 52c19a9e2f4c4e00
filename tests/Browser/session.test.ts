import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, openPage, startBrowser } from './support/browser';
import { photograph } from './support/picture';
import { obstacle, Server } from './support/server';

const missing = chromiumPath === undefined ? 'there is no Chromium: apt-get install chromium, or CHROMIUM=PATH' : obstacle();

const current = (page: Page, id: string) => page.locator(`button[aria-current="true"][aria-label^="${id},"]`);
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

async function upload(page: Page): Promise<void> {
    await button(page, 'Choose a picture').waitFor();
    await page.getByLabel('Picture file').setInputFiles(photograph);
    await current(page, 'v0').waitFor();
}

describe.skipIf(missing !== undefined)(`The page in a browser${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
    let server: Server;
    let browser: Browser;
    beforeAll(async () => {
        [server, browser] = await Promise.all([Server.start(), startBrowser()]);
    });
    afterAll(async () => {
        await browser?.close();
        await server?.stop();
    });

    it('restores a photograph over a refresh, refines, compares, undoes and branches', async () => {
        const { page, complaints } = await openPage(browser, server.address);
        await upload(page);

        await button(page, 'Restore').click();
        await page.locator('.run-progress').or(current(page, 'v1')).first().waitFor();
        await page.reload();
        await current(page, 'v1').waitFor();
        expect(await page.getByText('You: <restore>', { exact: true }).count()).toBe(1);
        await page.getByText('No problem, here is the restored image.').waitFor();
        await page.getByText('What it saw').waitFor();

        await page.getByLabel('Message').fill('<refine> it is too dark <img src=x onerror=alert(1)>');
        await page.keyboard.press('Enter');
        await current(page, 'v2').waitFor();
        await page.getByText('it is too dark <img src=x onerror=alert(1)>').first().waitFor();

        await button(page, 'Compare').click();
        await page.getByText('Before · v1').waitFor();
        await page.getByText('After · v2').waitFor();
        await page.getByLabel('Compare with').selectOption('v0');
        await page.getByText('Before · v0').waitFor();

        await button(page, 'Undo').click();
        await current(page, 'v1').waitFor();
        await page.getByRole('button', { name: /^v0,/ }).click();
        await button(page, 'Go on from v0').click();
        await current(page, 'v0').waitFor();
        await button(page, 'Restore').click();
        await current(page, 'v3').waitFor();
        expect(await page.getByRole('button', { name: /^v3, restore from v0/ }).count()).toBe(1);

        await page.goto(server.address);
        await page.getByText('4 versions').waitFor();
        expect(complaints).toEqual([]);
    });

    it('draws a mask and sends it', async () => {
        const { page, complaints } = await openPage(browser, server.address);
        await upload(page);
        await button(page, 'Mask').click();
        await page.getByRole('application', { name: /^Mask/ }).press('Space');
        await button(page, 'Use mask').click();
        await page.getByText(/^Mask: .* may change$/).waitFor();
        await button(page, 'Restore').click();
        await current(page, 'v1').waitFor();
        await page.getByText('What was decided').click();
        await page.getByText('a mask').waitFor();
        expect(complaints).toEqual([]);
    });

    it('works by the keyboard alone', async () => {
        const { page } = await openPage(browser, server.address);
        await button(page, 'Choose a picture').waitFor();
        const chooser = page.waitForEvent('filechooser');
        await tabTo(page, 'Choose a picture');
        await page.keyboard.press('Enter');
        await (await chooser).setFiles(photograph);
        await current(page, 'v0').waitFor();
        await tabTo(page, 'Restore');
        await page.keyboard.press('Enter');
        await current(page, 'v1').waitFor();
        await tabTo(page, 'Compare');
        await page.keyboard.press('Space');
        await tabTo(page, 'Line between before and after');
        await page.keyboard.press('End');
        expect(await page.getByRole('slider', { name: 'Line between before and after' }).getAttribute('aria-valuenow')).toBe('100');
    });

    it('fits a phone', async () => {
        const { page } = await openPage(browser, server.address, { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
        await upload(page);
        const session = page.url();
        for (const address of [server.address, session, `${server.address}/#/jobs`, `${server.address}/#/cluster`]) {
            await page.goto(address);
            await page.locator('main h1').first().waitFor({ state: 'attached' });
            const widest = await page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.querySelector('main')!.scrollWidth));
            expect(widest, address).toBeLessThanOrEqual(360);
        }
    });
});

/** Presses Tab until what has that name is focused. */
async function tabTo(page: Page, name: string): Promise<void> {
    for (let i = 0; i < 80; i++) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');
        if (focused === name) return;
    }
    throw new Error(`Tab never comes to '${name}'.`);
}
