import type { Page } from 'playwright-core';
import { deflateRawSync, crc32 } from 'node:zlib';
import { expect, it } from 'vitest';
import { openPage } from './support/browser';
import { button, giveFiles, type NamedFile } from './support/page';
import { brokenFile, drawPicture, photograph } from './support/picture';
import { describeInBrowser, startBoth } from './support/started';

describeInBrowser('The jobs page in a browser', () => {
    const started = startBoth();
    const open = async () => {
        const opened = await openPage(started.browser, `${started.server.address}/#/jobs`);
        await button(opened.page, 'Start').waitFor();
        return opened;
    };
    const job = (page: Page, name: string) => page.getByRole('article', { name, exact: true });

    it('restores what is dropped, shows what failed as text, and tries that again', async () => {
        const { page, complaints } = await open();
        await page.getByText('No job yet.').waitFor();
        await giveFiles(page, 'drop', { ...photograph, name: '<b>one</b>.png' }, brokenFile);
        await page.getByText(/^2 files/).waitFor();
        await page.getByLabel(/^Name/).fill('holiday');
        await button(page, 'Start').click();
        await job(page, 'holiday').getByText(/^1 of 2 restored · 1 failed/).waitFor();
        await job(page, 'holiday').getByText('Pictures', { exact: true }).click();
        await page.getByText('<b>one</b>.png').waitFor();
        await page.getByText(brokenFile.name).waitFor();
        const saved = page.waitForEvent('download');
        await job(page, 'holiday').getByText('Download all').click();
        expect((await saved).suggestedFilename()).toMatch(/\.zip$/);
        await button(page, 'Retry the one that failed').first().click();
        await page.getByRole('article').nth(1).waitFor();
        await page.getByRole('article').first().getByText(/^0 of 1 restored · 1 failed/).waitFor();
        expect(complaints).toEqual([]);
    });

    it('restores a zip archive', async () => {
        const { page, complaints } = await open();
        await page.getByLabel('Files of the job').setInputFiles({ name: 'all.zip', mimeType: 'application/zip', buffer: zip([{ ...photograph, name: 'sub/a.png' }, { ...photograph, name: 'b.png' }]) });
        await page.getByLabel(/^Name/).fill('zipped');
        await button(page, 'Start').click();
        await job(page, 'zipped').getByText(/^2 of 2 restored/).waitFor();
        expect(complaints).toEqual([]);
    });

    it('restores stored files by their prefix, with words, and refuses the name twice', async () => {
        const { page } = await open();
        for (const name of ['trip/1.png', 'trip/2.png', 'other.png']) {
            await page.request.put(`${started.server.address}/v1/uploads/${name}`, { data: photograph.buffer, headers: { 'Content-Type': 'image/png' } });
        }
        await page.getByRole('radio', { name: 'Stored files' }).check();
        await page.getByLabel('Their names begin with').fill('trip/');
        await page.getByText(/^2 stored files/).waitFor();
        await page.getByLabel(/^Name/).fill('stored');
        await page.getByLabel(/^Words/).fill('it is too dark');
        await button(page, 'Start').click();
        await job(page, 'stored').getByText(/^2 of 2 restored/).waitFor();

        await page.getByLabel('Their names begin with').fill('other');
        await page.getByLabel(/^Name/).fill('stored');
        await button(page, 'Start').click();
        await page.getByRole('form', { name: 'New job' }).getByRole('alert').waitFor();
        expect(await page.getByLabel('Their names begin with').inputValue()).toBe('other');
    });

    it('tells of jobs by one stream, without asking again, and pauses, resumes and cancels them', async () => {
        const { page: other } = await open();
        const { page, complaints } = await open();
        const asked: string[] = [];
        page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
        const picture = drawPicture(1200, 900, 4);
        await other.getByLabel('Files of the job').setInputFiles(Array.from({ length: 6 }, (_, index) => ({ name: `${index}.png`, mimeType: 'image/png', buffer: picture })));
        await other.getByLabel(/^Name/).fill('elsewhere');
        await button(other, 'Start').click();

        await job(page, 'elsewhere').getByText('Running').waitFor();
        await job(page, 'elsewhere').getByRole('button', { name: 'Pause' }).click();
        await job(other, 'elsewhere').getByText('Paused', { exact: true }).waitFor();
        await job(other, 'elsewhere').getByRole('button', { name: 'Resume' }).click();
        await job(page, 'elsewhere').getByText('Running').waitFor();
        await job(page, 'elsewhere').getByRole('button', { name: 'Cancel' }).click();
        await job(other, 'elsewhere').getByText('Cancelled', { exact: true }).waitFor();
        await job(page, 'elsewhere').getByRole('button', { name: /^Go on with the \d that were not done$/ }).waitFor();
        expect(asked.filter((line) => line.startsWith('GET'))).toEqual([]);
        expect(complaints).toEqual([]);
    });
});

/** A zip archive of files. */
function zip(files: readonly NamedFile[]): Buffer {
    const bodies: Buffer[] = [];
    const entries: Buffer[] = [];
    let at = 0;
    for (const { name, buffer } of files) {
        const packed = deflateRawSync(buffer);
        // What the local and the central header have in common.
        const common = Buffer.alloc(26);
        common.writeUInt16LE(20, 0);
        common.writeUInt16LE(8, 4);
        common.writeUInt32LE(crc32(buffer), 10);
        common.writeUInt32LE(packed.length, 14);
        common.writeUInt32LE(buffer.length, 18);
        common.writeUInt16LE(name.length, 22);
        const place = Buffer.alloc(14);
        place.writeUInt32LE(at, 10);
        bodies.push(Buffer.from('PK\x03\x04'), common, Buffer.from(name), packed);
        entries.push(Buffer.from('PK\x01\x02\x14\x00'), common, place, Buffer.from(name));
        at += 30 + name.length + packed.length;
    }
    const list = Buffer.concat(entries);
    const end = Buffer.alloc(18);
    end.writeUInt16LE(files.length, 4);
    end.writeUInt16LE(files.length, 6);
    end.writeUInt32LE(list.length, 8);
    end.writeUInt32LE(at, 12);
    return Buffer.concat([...bodies, list, Buffer.from('PK\x05\x06'), end]);
}
