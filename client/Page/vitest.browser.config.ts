import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The tests of tests/Browser: a real server, a real browser. They take their packages from this folder.
export default defineConfig({
    root: here('../../tests/Browser'),
    cacheDir: here('node_modules/.vite-browser'),
    resolve: { alias: { 'vitest': here('node_modules/vitest'), 'playwright-core': here('node_modules/playwright-core') } },
    server: { fs: { allow: [here('../..')] } },
    test: {
        environment: 'node',
        include: ['**/*.test.ts'],
        fileParallelism: false,
        expect: { poll: { timeout: 120_000 } },
        // Machines may be busy: what hangs is still found.
        testTimeout: 600_000,
        hookTimeout: 300_000,
    },
});
