// Owns how the tests run: quick ones beside the code, each file in a process of its own, and the slow ones that
// start a whole program and a browser, one file after the other.

import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// As under `npm test`: what one process has compiled, those that the tests start need not compile again.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'compiled');

export default defineConfig({
  test: {
    // Every core: the default leaves one idle, which on two is half the machine.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{src,simulator,scripts}/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          pool: 'forks',
          // Each starts servers and a browser: two at a time take two thirds of the time, and starve each other until
          // what waits for seconds gives up.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // A page is waited for as long here as where the browser waits itself: the default of one second is less
          // than a passkey takes on a busy machine.
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
