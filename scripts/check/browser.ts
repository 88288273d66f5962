// Owns that there is a browser before the end-to-end tests: one of this machine, else one that is fetched. Where
// neither can be had it says what to do; the tests then fail, they are never passed over.

import { existsSync } from 'node:fs';
import { findBrowser } from '../../e2e/support/browser.ts';
import type { Outcome } from './outcome.ts';
import { runProgram, runTool } from './tool.ts';

/** Finds or fetches a browser. On success `CHARTFOLD_BROWSER` names it for everything started from here on. */
export async function checkBrowser(): Promise<Outcome> {
  const found = findBrowser();
  if (found) return using(found);
  const tried: string[] = [];
  for (const fetch of [fetchPlaywrights, fetchDebians]) {
    tried.push(await fetch());
    const now = findBrowser();
    if (now) return using(now);
  }
  return {
    passed: 0,
    failed: 1,
    output: [
      'No browser was found, and none could be fetched. Install Chromium (Debian: apt-get install chromium),',
      'or name one with CHARTFOLD_BROWSER=/path/to/chromium, and run this again. What was tried:',
      ...tried,
    ].join('\n'),
  };
}

function using(file: string): Outcome {
  process.env.CHARTFOLD_BROWSER = file;
  return existsSync(file)
    ? { passed: 1, failed: 0, output: '', note: file }
    : { passed: 0, failed: 1, output: `CHARTFOLD_BROWSER names ${file}, which is not there.` };
}

async function fetchPlaywrights(): Promise<string> {
  process.stdout.write('No browser here; fetching the one of playwright-core …\n');
  const { code, output } = await runTool('playwright-core/cli.js', ['install', 'chromium']);
  return `playwright-core install chromium: ${code === 0 ? 'done' : output.trim().slice(-400)}`;
}

async function fetchDebians(): Promise<string> {
  if (!existsSync('/etc/debian_version')) return 'apt-get: not a Debian system';
  if (process.getuid?.() !== 0) return 'apt-get: needs root';
  process.stdout.write("Fetching Debian's chromium with apt-get …\n");
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const update = await runProgram('apt-get', ['update', '-q'], env);
  const args = ['install', '-y', '-q', '--no-install-recommends', 'chromium'];
  const install = await runProgram('apt-get', args, env);
  const output = update.code === 0 ? install.output : update.output + install.output;
  return `apt-get install chromium: ${install.code === 0 ? 'done' : output.trim().slice(-400)}`;
}
