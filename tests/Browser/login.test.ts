import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit } from './support/audit';
import { openPage, startBrowser } from './support/browser';
import { Issuer } from './support/issuer';
import { button, current, upload } from './support/page';
import { drawPicture, photograph } from './support/picture';
import { makeKey, Server } from './support/server';
import { describeInBrowser } from './support/started';

describeInBrowser('Signing in in a browser', () => {
    let issuer: Issuer;
    let server: Server;
    let browser: Browser;
    let key: string;
    beforeAll(async () => {
        const data = await mkdtemp(join(tmpdir(), 'darkroom-browser-'));
        [issuer, browser, key] = await Promise.all([Issuer.start(), startBrowser(), makeKey(data, 'archive')]);
        server = await Server.startIn(data, `--Identity:Authority=${issuer.address}`, '--Identity:Audience=darkroom', '--Identity:ClientId=darkroom-page', '--Identity:RequireHttps=false');
        issuer.page = server.address;
    });
    afterAll(async () => {
        await browser?.close();
        await server?.stop();
        await issuer?.stop();
    });

    const open = () => openPage(browser, server.address, {}, issuer.address);
    const atIssuer = (page: Page) => button(page, `Sign in with ${new URL(issuer.address).host}`).click();
    const signIn = async (page: Page, person: string) => {
        await atIssuer(page);
        await page.getByRole('link', { name: person }).click();
    };
    // The browser complains of the 401 that says that nobody is known yet.
    const without401 = (complaints: string[]) => complaints.filter((complaint) => !complaint.includes('401'));

    it('works with an API key', async () => {
        const { page, complaints } = await open();
        await page.getByLabel('API key').fill('dk_wrong');
        await button(page, 'Sign in').click();
        await page.getByText('The key is not known.').waitFor();
        await page.getByLabel('API key').fill(key);
        await button(page, 'Sign in').click();
        await upload(page);
        await expectNothingKept(page, key);
        await button(page, 'Sign out').click();
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        expect(without401(complaints)).toEqual([]);
    });

    it('works with OpenID Connect; the token is kept nowhere that scripts can read', async () => {
        const { page, complaints } = await open();
        const addresses: string[] = [];
        page.on('framenavigated', (frame) => addresses.push(frame.url()));
        await signIn(page, 'ada');
        await page.getByText('ada', { exact: true }).waitFor();
        await upload(page);
        await page.reload();
        await current(page, 'v0').waitFor();

        const exchange = issuer.asked.at(-1)!;
        expect(exchange.get('code_verifier')).toMatch(/^[\w-]{43}$/);
        expect(addresses.filter((address) => address.includes('eyJ'))).toEqual([]);
        expect(page.url()).not.toContain('code=');
        await expectNothingKept(page, 'eyJ');
        const cookies = await page.context().cookies();
        expect(cookies.find((cookie) => cookie.name === 'darkroom')).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
        await button(page, 'Sign out').click();
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        await page.reload();
        await page.getByRole('heading', { name: 'Sign in' }).waitFor();
        expect(without401(complaints)).toEqual([]);
    });

    it('can be read by everybody', async () => {
        const { page } = await open();
        await button(page, `Sign in with ${new URL(issuer.address).host}`).waitFor();
        await audit(page, 'sign-in');
    });

    it('comes back to the address that was asked for', async () => {
        const { page } = await open();
        await page.goto(`${server.address}/#/jobs`);
        await signIn(page, 'ada');
        await page.getByRole('heading', { name: 'Jobs' }).waitFor();
    });

    it('says why somebody may not come in', async () => {
        const { page } = await open();
        await signIn(page, 'nobody');
        await page.getByText('The issuer did not sign you in: access_denied.').waitFor();
        await signIn(page, 'eve');
        await page.getByText(/^You are signed in there, but may not come in here/).waitFor();
    });

    it('refuses a code that somebody else brought', async () => {
        const { page } = await open();
        await page.goto(`${server.address}/?code=stolen&state=made-up`);
        await page.getByText('That sign-in was not begun in this tab.').waitFor();
        expect(page.url()).not.toContain('stolen');
        expect(issuer.asked.some((asked) => asked.get('code') === 'stolen')).toBe(false);
    });

    it('lets the page ask the issuer and nobody else', async () => {
        const other = await Issuer.start();
        try {
            other.page = server.address;
            const { page } = await open();
            const reach = (address: string) => page.evaluate((to) => fetch(to).then((answer) => answer.status, () => 0), `${address}/.well-known/openid-configuration`);
            await button(page, 'Sign in').waitFor();
            expect([await reach(issuer.address), await reach(other.address)]).toEqual([200, 0]);
        } finally {
            await other.stop();
        }
    });

    it('shows nobody what is another\'s', async () => {
        const { page: ada } = await open();
        await signIn(ada, 'ada');
        // A picture that nobody else has: who uploads the same has it too.
        await upload(ada, { ...photograph, buffer: drawPicture(72, 48) });
        const session = ada.url();
        const { page: bob } = await open();
        await bob.getByLabel('API key').fill(key);
        await button(bob, 'Sign in').click();
        await button(bob, 'Choose a picture').waitFor();
        await bob.goto(session);
        await bob.getByRole('heading', { name: 'This session cannot be shown' }).waitFor();
        const image = await ada.locator('.version img').first().getAttribute('src');
        expect((await bob.request.get(new URL(image!, server.address).href)).status()).toBe(404);
        expect((await ada.request.get(new URL(image!, server.address).href)).status()).toBe(200);
        await ada.reload();
        await current(ada, 'v0').waitFor();
    });
});

/** Neither storage nor address nor cookies that scripts see hold it. */
async function expectNothingKept(page: Page, secret: string): Promise<void> {
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href, document.cookie]));
    expect(kept).not.toContain(secret);
}
