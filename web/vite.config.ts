import { defineConfig } from 'vite';

// A running server that the pages of `npm run dev` and `npm run preview` ask: the town of `crosstown demo` unless named otherwise.
const server = process.env['CROSSTOWN_ADDRESS'] ?? 'http://127.0.0.1:5311';
const proxy = { '/api': server, '/openapi': server, '/sign-in': server, '/basemap.pmtiles': server };

// The client lives under /app/; public pages, which the server renders, have the root to themselves.
export default defineConfig({
  base: '/app/',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    sourcemap: false,
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: { proxy },
  preview: { proxy },
});
