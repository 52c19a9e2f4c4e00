import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { chromiumPath, startBrowser } from './browser';
import { obstacle, Server } from './server';

/** Why there are no tests in a browser here; undefined where there are. */
export const missing = chromiumPath === undefined ? 'there is no Chromium: apt-get install chromium, or CHROMIUM=PATH' : obstacle();

/** Describes tests that need a browser; where there is none they are skipped, with the reason in their name. */
export function describeInBrowser(name: string, tests: () => void): void {
    describe.skipIf(missing !== undefined)(missing === undefined ? name : `${name} (skipped: ${missing})`, tests);
}

export interface Started {
    server: Server;
    browser: Browser;
}

/** Starts a server and a browser for the tests around the call. */
export function startBoth(startServer: () => Promise<Server> = () => Server.start()): Started {
    const started = {} as Started;
    beforeAll(async () => {
        [started.server, started.browser] = await Promise.all([startServer(), startBrowser()]);
    });
    afterAll(async () => {
        await started.browser?.close();
        await started.server?.stop();
    });
    return started;
}
