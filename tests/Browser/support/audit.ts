import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { expectNothingIsWider } from './page';

const source = await readFile(fileURLToPath(new URL('../../../client/Page/node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8').catch(() => '');

/** Where pictures of every state go; nowhere unless SCREENSHOTS names a folder. */
const folder = process.env['SCREENSHOTS'];

interface AxeResult {
    violations: { id: string; help: string; nodes: { target: unknown[]; failureSummary: string }[] }[];
}

/** Looks at the page as it is, in light and dark and as wide as a phone: axe-core finds nothing, and nothing is wider than the screen. */
export async function audit(page: Page, state: string): Promise<void> {
    const wide = page.viewportSize()!;
    const found: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        found.push(...(await violations(page)).map((violation) => `${colorScheme}: ${violation}`));
        await photograph(page, `${state}-${colorScheme}`);
    }
    await page.setViewportSize({ width: 360, height: 740 });
    await expectNothingIsWider(page, 360, `${state} on a phone`);
    await photograph(page, `${state}-phone`);
    await page.setViewportSize(wide);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(found, state).toEqual([]);
}

async function violations(page: Page): Promise<string[]> {
    // The page's policy takes no script from elsewhere; what the debugger evaluates is not the page's.
    const isThere = await page.evaluate(() => 'axe' in globalThis);
    if (!isThere) await page.evaluate(source);
    const result = await page.evaluate(() => (globalThis as unknown as { axe: { run: (options: object) => Promise<AxeResult> } }).axe.run({ resultTypes: ['violations'] }));
    return result.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id} (${help}) at ${node.target.join(' ')}: ${node.failureSummary.replaceAll('\n', ' ')}`));
}

async function photograph(page: Page, name: string): Promise<void> {
    if (folder === undefined) return;
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
}
