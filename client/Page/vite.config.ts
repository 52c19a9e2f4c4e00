import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// `npm run dev` beside a server that runs: DARKROOM_SERVER=http://127.0.0.1:8080
const server = (globalThis as { process?: { env: Record<string, string | undefined> } }).process?.env['DARKROOM_SERVER'];

export default defineConfig({
    plugins: [react()],
    build: {
        target: 'es2022',
        // These know light-dark(), which is not to be written in another way.
        cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
        // The page's content security policy takes nothing from data: addresses and no inline script.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        // OpenSeadragon is a file of its own; it is loaded with the first picture.
        chunkSizeWarningLimit: 700,
    },
    server: { proxy: { '/v1': server ?? 'http://127.0.0.1:8080' } },
    test: {
        // Tests of components name happy-dom in their first line; the others need no page.
        environment: 'node',
        pool: 'threads',
        maxWorkers: 2,
        include: ['tests/**/*.test.{ts,tsx}'],
        // Machines may be busy: what hangs is still found.
        testTimeout: 60_000,
        restoreMocks: true,
        unstubGlobals: true,
    },
});
