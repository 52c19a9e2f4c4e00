import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { openPage } from './support/browser';
import { readJpegDescription, readPng, readTiff } from './support/files';
import { button, current, expectNothingIsWider, restore, say, tabTo, upload } from './support/page';
import { largePhotograph, photograph } from './support/picture';
import { oneThread, Server } from './support/server';
import { describeInBrowser, startBoth } from './support/started';

describeInBrowser('A session in a browser', () => {
    const started = startBoth(() => Server.start(oneThread));
    const open = (options = {}) => openPage(started.browser, started.server.address, options);

    it('restores, refines, compares, undoes and branches, and says what it saw and why', async () => {
        const { page, complaints } = await open();
        await upload(page);
        await restore(page, 'v1');
        await page.getByText('No problem, here is the restored image.').waitFor();
        await page.getByText('What it saw').waitFor();
        await page.getByText(/^Why llmra/).waitFor();

        await say(page, '<refine> it is too dark <img src=x onerror=alert(1)>');
        await current(page, 'v2').waitFor();
        await page.getByText('it is too dark <img src=x onerror=alert(1)>').first().waitFor();

        await button(page, 'Compare').click();
        await page.getByText('Before · v1').waitFor();
        await page.getByText('After · v2').waitFor();
        await page.getByLabel('Compare with').selectOption('v0');
        await page.getByText('Before · v0').waitFor();
        await button(page, 'Compare').click();

        await button(page, 'Undo').click();
        await current(page, 'v1').waitFor();
        await page.getByRole('button', { name: /^v0,/ }).click();
        await button(page, 'Go on from v0').click();
        await current(page, 'v0').waitFor();
        await restore(page, 'v3');
        expect(await page.getByRole('button', { name: /^v3, restore from v0/ }).count()).toBe(1);

        await page.goto(started.server.address);
        await page.getByText('4 versions').waitFor();
        expect(complaints).toEqual([]);
    });

    it('is taken up by a refresh in the middle of a run', async () => {
        const { page } = await open();
        await upload(page, largePhotograph());
        await button(page, 'Restore').click();
        const before = await stepsOf(page);
        await page.reload();
        const after = await stepsOf(page);
        expect(after).toBeGreaterThanOrEqual(before);
        expect(await page.getByText('You: <restore>', { exact: true }).count()).toBe(1);
        await page.locator('.corner', { hasText: 'Preview' }).waitFor();
        await page.getByText(/ left$/).first().waitFor();
        await page.getByRole('log').getByRole('button', { name: 'Cancel' }).click();
        await page.getByText('v1 was cancelled.').waitFor();
    });

    it('shows previews while a run is under way, and never an empty frame between two pictures', async () => {
        const { page } = await open();
        await upload(page, largePhotograph());
        await page.evaluate(watchForHoles);
        const preview = page.waitForResponse((response) => response.url().includes('/previews/') && response.status() === 200);
        await button(page, 'Restore').click();
        await preview;
        await page.locator('.corner', { hasText: 'Preview' }).waitFor();
        await page.getByRole('log').getByRole('button', { name: 'Cancel' }).click();
        await page.getByText('v1 was cancelled.').waitFor();
        await expect.poll(() => page.evaluate(() => (globalThis as unknown as Watched).frames)).toBeGreaterThan(20);
        expect(await page.evaluate(() => (globalThis as unknown as Watched).holes)).toBe(0);
    });

    it('zooms both sides of a comparison in step', async () => {
        const { page } = await open();
        await upload(page);
        await restore(page, 'v1');
        await button(page, 'Compare').click();
        const zoom = page.locator('.toolbar .zoom');
        const fitted = await zoom.textContent();
        await button(page, 'Zoom in').click();
        await expect.poll(() => zoom.textContent()).not.toBe(fitted);
        // Left of the line is one picture, right of it the other: at the same place they show the same edge.
        await page.getByRole('slider', { name: 'Line between before and after' }).press('Home');
        const after = await page.locator('.viewer').screenshot();
        await page.getByRole('slider', { name: 'Line between before and after' }).press('End');
        const beforeSide = await page.locator('.viewer').screenshot();
        expect(after.equals(beforeSide)).toBe(false);
        await button(page, 'Fit').click();
        await expect.poll(() => zoom.textContent()).toBe(fitted);
    });

    it('draws a mask and sends it', async () => {
        const { page, complaints } = await open();
        await upload(page);
        await button(page, 'Mask').click();
        await page.getByRole('application', { name: /^Mask/ }).press('Space');
        await button(page, 'Use mask').click();
        await page.getByText(/^Mask: .* may change$/).waitFor();
        await restore(page, 'v1');
        await page.getByText('What was decided').click();
        await page.getByText('a mask').waitFor();
        expect(complaints).toEqual([]);
    });

    it('says why a run failed, and tries it again', async () => {
        const { page, complaints } = await open();
        await upload(page);
        await say(page, '<refine> make it a winter day');
        await page.getByRole('alert').getByText(/^v1 failed/).waitFor();
        await button(page, 'Try again').click();
        await page.getByRole('alert').getByText(/^v2 failed/).waitFor();
        expect(complaints).toEqual([]);
    });

    it('gives files of 8 and 16 bit with the recipe in their metadata', async () => {
        const { page } = await open();
        await upload(page);
        await page.getByLabel('Strength').fill('80');
        await say(page, '<refine> it is too dark & "noisy" ä');
        await current(page, 'v1').waitFor();
        const eight = readPng(await download(page, 'PNG, 8 bit'));
        const sixteen = readPng(await download(page, 'PNG, 16 bit'));
        const tiff = readTiff(await download(page, 'TIFF, 16 bit'));
        const jpeg = readJpegDescription(await download(page, 'JPEG'));
        expect([eight.depth, sixteen.depth, tiff.depth]).toEqual([8, 16, 16]);
        expect([eight.width, eight.height, sixteen.width, tiff.height]).toEqual([320, 240, 320, 240]);
        const recipe = JSON.parse(sixteen.description!) as Record<string, unknown>;
        expect(recipe).toMatchObject({ software: 'Darkroom', kind: 'Refine', instruction: 'it is too dark & "noisy" ä', model: 'llmra-compact', settings: { strength: 0.8 } });
        expect(recipe['modelHash']).toMatch(/^[0-9a-f]{64}$/);
        expect(recipe['source']).toMatch(/^[0-9a-f]{64}$/);
        for (const other of [eight.description, tiff.description, jpeg]) expect(JSON.parse(other!)).toEqual(recipe);
    });

    it('works by the keyboard alone', async () => {
        const { page } = await open();
        await button(page, 'Choose a picture').waitFor();
        const chooser = page.waitForEvent('filechooser');
        await tabTo(page, 'Choose a picture');
        await page.keyboard.press('Enter');
        await (await chooser).setFiles(photograph);
        await current(page, 'v0').waitFor();
        await tabTo(page, 'Restore');
        await page.keyboard.press('Enter');
        await current(page, 'v1').waitFor();
        await tabTo(page, 'Message');
        await page.keyboard.type('<refine> it is too dark');
        await page.keyboard.press('Enter');
        await current(page, 'v2').waitFor();
        await tabTo(page, 'Compare');
        await page.keyboard.press('Space');
        await tabTo(page, 'Line between before and after');
        await page.keyboard.press('End');
        expect(await page.getByRole('slider', { name: 'Line between before and after' }).getAttribute('aria-valuenow')).toBe('100');
        await tabTo(page, 'Undo');
        await page.keyboard.press('Enter');
        await current(page, 'v1').waitFor();
        await tabTo(page, 'Download');
        await page.keyboard.press('Enter');
        const saved = page.waitForEvent('download');
        await tabTo(page, 'PNG, 16 bit');
        await page.keyboard.press('Enter');
        expect((await saved).suggestedFilename()).toMatch(/v1\.png$/);
    });

    it('fits a phone', async () => {
        const { page } = await open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
        await upload(page);
        await restore(page, 'v1');
        const session = page.url();
        for (const address of [started.server.address, session, `${started.server.address}/#/jobs`, `${started.server.address}/#/cluster`]) {
            await page.goto(address);
            await page.locator('main h1').first().waitFor({ state: 'attached' });
            await expectNothingIsWider(page, 360, address);
        }
    });
});

interface Watched {
    frames: number;
    holes: number;
}

/** Looks at the middle of the viewer at each frame, from the first picture on. */
function watchForHoles(): void {
    const watched = globalThis as unknown as Watched;
    Object.assign(watched, { frames: 0, holes: 0 });
    const look = () => {
        const canvas = document.querySelector<HTMLCanvasElement>('.viewer canvas');
        const alpha = canvas?.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data[3] ?? 0;
        if (alpha > 0) watched.frames++;
        else if (watched.frames > 0) watched.holes++;
        requestAnimationFrame(look);
    };
    look();
}

/** How much of the run under way is done, once that is told. */
async function stepsOf(page: Page): Promise<number> {
    const bar = page.getByRole('log').getByRole('progressbar');
    await expect.poll(() => bar.getAttribute('value', { timeout: 60_000 }), { timeout: 60_000 }).not.toBeNull();
    return Number(await bar.getAttribute('value'));
}

async function download(page: Page, kind: string): Promise<Buffer> {
    await page.getByText('Download', { exact: true }).click();
    const saved = page.waitForEvent('download');
    await page.getByRole('link', { name: kind, exact: true }).click();
    return readFile(await (await saved).path());
}
