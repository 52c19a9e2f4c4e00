import { expect, it } from 'vitest';
import { openPage } from './support/browser';
import { button, current, giveFiles, restore, upload } from './support/page';
import { brokenFile, drawPicture, photograph } from './support/picture';
import { drawRaw } from './support/raw';
import { describeInBrowser, startBoth } from './support/started';

describeInBrowser('Uploads in a browser', () => {
    const started = startBoth();
    const open = () => openPage(started.browser, started.server.address);

    it.each(['drop', 'paste'] as const)('take a picture by %s', async (how) => {
        const { page, complaints } = await open();
        await button(page, 'Choose a picture').waitFor();
        await giveFiles(page, how, photograph);
        await current(page, 'v0').waitFor();
        await page.getByText('A picture of 320 × 240 pixels.').waitFor();
        expect(complaints).toEqual([]);
    });

    it('take a picture into a session of its own when it is dropped on another', async () => {
        const { page } = await open();
        await upload(page);
        const first = page.url();
        await giveFiles(page, 'drop', { ...photograph, buffer: drawPicture(64, 48) });
        await page.getByText('A picture of 64 × 48 pixels.').waitFor();
        expect(page.url()).not.toBe(first);
    });

    it('take a camera\'s RAW file and restore it', async () => {
        const { page, complaints } = await open();
        await upload(page, { name: 'night.dng', mimeType: 'application/octet-stream', buffer: drawRaw(160, 120) });
        await restore(page, 'v1');
        await page.getByText('Settings').click();
        await page.getByLabel('RAW gain').waitFor();
        // What is shown of it is a picture that the browser could decode.
        const image = page.getByRole('button', { name: 'Show v1' }).locator('img');
        await expect.poll(() => image.evaluate((element) => (element as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
        expect(complaints).toEqual([]);
    });

    it('show how much has gone, and can be called off', async () => {
        const { page, complaints } = await open();
        await button(page, 'Choose a picture').waitFor();
        const network = await page.context().newCDPSession(page);
        await network.send('Network.enable');
        await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 150_000 });
        await page.getByLabel('Picture file').setInputFiles({ ...photograph, buffer: drawPicture(800, 600) });
        await page.getByText(/^Uploading · [1-9]\d? %$/).waitFor();
        const bar = page.getByRole('progressbar', { name: 'Upload' });
        const first = Number(await bar.getAttribute('value'));
        expect(first).toBeGreaterThan(0);
        await expect.poll(async () => Number(await bar.getAttribute('value')), { timeout: 60_000 }).toBeGreaterThan(first);
        await page.keyboard.press('Escape');
        await page.getByRole('dialog', { name: 'Upload' }).waitFor({ state: 'detached' });
        expect(page.url()).not.toContain('sessions');
        expect(await page.getByRole('alert').count()).toBe(0);

        await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
        await upload(page);
        expect(complaints).toEqual([]);
    });

    it('say what is wrong with a file, by its name as text, and try again', async () => {
        const { page, complaints } = await open();
        await button(page, 'Choose a picture').waitFor();
        await page.getByLabel('Picture file').setInputFiles(brokenFile);
        const alert = page.getByRole('alert');
        await alert.getByText(brokenFile.name).waitFor();
        expect(await page.locator('[onerror]').count()).toBe(0);
        // The browser itself complains of each 422.
        expect(complaints.filter((complaint) => !complaint.includes('422'))).toEqual([]);
        await page.route('**/v1/images', (route) => route.request().method() === 'POST' ? route.continue({ postData: photograph.buffer }) : route.continue());
        await alert.getByRole('button', { name: 'Try again' }).click();
        await current(page, 'v0').waitFor();
    });
});
