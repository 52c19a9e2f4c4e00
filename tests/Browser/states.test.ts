import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { audit } from './support/audit';
import { openPage } from './support/browser';
import { button, current, restore, say, upload, type NamedFile } from './support/page';
import { brokenFile, drawPicture, largePhotograph, photograph } from './support/picture';
import { oneThread, Server } from './support/server';
import { describeInBrowser, startBoth } from './support/started';

// DARKROOM_PHOTO: a photograph to look at in the screenshots, in place of a drawn one.
const photo = async (): Promise<NamedFile> => {
    const path = process.env['DARKROOM_PHOTO'];
    return path === undefined ? { ...photograph, buffer: drawPicture(640, 480) } : { name: 'photo.png', mimeType: 'image/png', buffer: await readFile(path) };
};

// In their order: what comes first is empty.
describeInBrowser('Every state of the page can be read by everybody', () => {
    const started = startBoth(() => Server.start(oneThread));
    const open = (address = '') => openPage(started.browser, started.server.address + address);

    it('with nothing there yet', async () => {
        const { page } = await open();
        await button(page, 'Choose a picture').waitFor();
        await audit(page, 'start-empty');
        await page.goto(`${started.server.address}/#/jobs`);
        await page.getByText('No job yet.').waitFor();
        await audit(page, 'jobs-empty');
        await page.goto(`${started.server.address}/#/sessions/none`);
        await page.getByRole('heading', { name: 'This session cannot be shown' }).waitFor();
        await audit(page, 'session-missing');
    });

    it('while a picture is uploaded, and when it was refused', async () => {
        const { page } = await open();
        await button(page, 'Choose a picture').waitFor();
        await page.getByLabel('Picture file').setInputFiles(brokenFile);
        await page.getByRole('alert').waitFor();
        await audit(page, 'upload-refused');
        const network = await page.context().newCDPSession(page);
        await network.send('Network.enable');
        await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 20_000 });
        await page.getByLabel('Picture file').setInputFiles({ ...photograph, name: 'IMG_2041.png', buffer: drawPicture(800, 600) });
        await page.getByText(/^Uploading · \d+ %$/).waitFor();
        await audit(page, 'uploading');
        await page.keyboard.press('Escape');
        await page.getByRole('dialog', { name: 'Upload' }).waitFor({ state: 'detached' });
    });

    it('while a run is under way, and when it was cancelled or failed', async () => {
        const { page } = await open();
        await upload(page, largePhotograph());
        await button(page, 'Restore').click();
        await page.locator('.corner', { hasText: 'Preview' }).waitFor();
        await audit(page, 'running');
        await page.getByRole('log').getByRole('button', { name: 'Cancel' }).click();
        await page.getByText('v1 was cancelled.').waitFor();
        await say(page, '<refine> make it a winter day');
        await page.getByRole('alert').getByText(/^v2 failed/).waitFor();
        await audit(page, 'run-failed');
    });

    it('in a session with versions, comparison, mask, settings and menus', async () => {
        const { page } = await open();
        await upload(page, await photo());
        await audit(page, 'session-opened');
        await restore(page, 'v1');
        await button(page, 'Compare').click();
        await page.getByText('Before · v0').waitFor();
        await audit(page, 'compare');
        await button(page, 'Compare').click();
        await say(page, '<refine> it is too dark');
        await current(page, 'v2').waitFor();
        await button(page, 'Undo').click();
        await current(page, 'v1').waitFor();
        await say(page, '<refine> remove the noise, it is still there');
        await current(page, 'v3').waitFor();
        await page.getByText('What was decided').last().click();
        await page.getByText('Download', { exact: true }).click();
        await audit(page, 'version-tree');
        await page.keyboard.press('Escape');
        await button(page, 'Mask').click();
        await page.getByRole('application', { name: /^Mask/ }).waitFor();
        await paint(page);
        await audit(page, 'mask');
        await button(page, 'Use mask').click();
        await page.getByText(/^Mask: .* may change$/).waitFor();
        await page.getByText('Settings', { exact: true }).click();
        await page.getByLabel('Steps').fill('5000');
        await audit(page, 'settings');
    });

    it('with sessions, jobs and a cluster', async () => {
        const { page } = await open();
        await page.locator('.sessions li').first().waitFor();
        await audit(page, 'start');
        await page.goto(`${started.server.address}/#/jobs`);
        await page.getByLabel('Files of the job').setInputFiles([{ ...photograph, name: 'beach.png' }, brokenFile, { ...photograph, name: 'a rather long name of a picture, taken in the evening.png' }]);
        await page.getByLabel(/^Name/).fill('holiday');
        await audit(page, 'jobs-form');
        await button(page, 'Start').click();
        await page.getByText(/^2 of 3 restored · 1 failed/).waitFor();
        await page.getByRole('article').getByText('Pictures', { exact: true }).click();
        await page.getByText('beach.png').waitFor();
        await audit(page, 'jobs-failed');
        await page.getByLabel('Files of the job').setInputFiles(Array.from({ length: 4 }, (_, index) => ({ ...largePhotograph(), name: `${index}.png` })));
        await page.getByRole('radio', { name: 'Files or a zip' }).waitFor();
        await button(page, 'Start').click();
        await page.getByText('Running', { exact: true }).waitFor();
        await audit(page, 'jobs-running');
        await page.goto(`${started.server.address}/#/cluster`);
        await page.getByText(/^Queue \d+ of \d+$/).waitFor();
        await audit(page, 'cluster');
        await page.goto(`${started.server.address}/#/jobs`);
        await button(page, 'Cancel').click();
        await page.getByText('Cancelled', { exact: true }).waitFor();
        await page.getByRole('radio', { name: 'Stored files' }).check();
        await page.getByText(/^No stored file begins so/).waitFor();
        await audit(page, 'jobs-cancelled');
        expect(await page.getByRole('article').count()).toBe(2);
    });

    // The last one: the server does not come back.
    it('when the connection is lost', async () => {
        const { page } = await open();
        await page.locator('.sessions a').first().click();
        await page.getByRole('button', { name: /^v0,/ }).waitFor();
        await started.server.stop();
        await page.locator('.connection').waitFor();
        await audit(page, 'connection-lost');
    });
});

/** Paints a stroke over the middle of the picture. */
async function paint(page: Page): Promise<void> {
    const box = (await page.getByRole('application', { name: /^Mask/ }).boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.35, box.y + box.height * 0.4);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.65, box.y + box.height * 0.6, { steps: 5 });
    await page.mouse.up();
}
