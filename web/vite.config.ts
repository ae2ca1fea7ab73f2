import { defineConfig } from 'vite';

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
  server: { proxy: { '/api': 'http://127.0.0.1:5311', '/openapi': 'http://127.0.0.1:5311' } },
});
