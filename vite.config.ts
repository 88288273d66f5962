// Owns how the web part is built: from src/web into dist/web, as files with hashed names that a
// strict Content-Security-Policy can serve: no inline script, no inline style, no data: address.

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';

const config: UserConfig = {
  root: 'src/web',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    // An inlined font or picture would be a data: address, which default-src 'self' refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { port: 4210, strictPort: true, proxy: { '/api': 'http://localhost:4200' } },
};

// Vite asks for a default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig(config);
