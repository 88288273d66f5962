// Owns `npm test`: every check, from the quick to the slow, each told in a line. It goes on after a failure, so that
// one run tells everything, and its last line is the count of all. `--only unit,types` narrows it.

import { parseArgs } from 'node:util';
import { checkBoundaries } from './boundaries.ts';
import { checkBrowser } from './browser.ts';
import { checkDocs } from './docs.ts';
import { checkGenerated } from './generated.ts';
import { checkLicences } from './licences.ts';
import { lastLine, type Outcome } from './outcome.ts';
import { checkSizes } from './sizes.ts';
import { checkTests } from './tests.ts';
import { runTool } from './tool.ts';

type Step = { readonly id: string; readonly run: () => Promise<Outcome> | Outcome };

const steps: readonly Step[] = [
  { id: 'browser', run: checkBrowser },
  { id: 'format', run: () => tool('@biomejs/biome/bin/biome', ['ci', '--colors=off']) },
  { id: 'lint', run: () => tool('oxlint/bin/oxlint', ['--type-aware', '--quiet', '.']) },
  { id: 'types', run: () => tool('typescript/bin/tsc', ['-p', '.']) },
  { id: 'boundaries', run: checkBoundaries },
  { id: 'sizes', run: checkSizes },
  { id: 'generated', run: checkGenerated },
  { id: 'docs', run: checkDocs },
  { id: 'licences', run: checkLicences },
  { id: 'unused', run: () => tool('knip/bin/knip.js', ['--no-progress']) },
  { id: 'unit', run: () => checkTests('unit') },
  { id: 'e2e', run: () => checkTests('e2e') },
];

const outcomes: Outcome[] = [];
for (const step of chosen()) outcomes.push(await perform(step));
const failed = outcomes.some((outcome) => outcome.failed > 0);
process.exitCode = failed ? 1 : 0;
process.stdout.write(`\n${lastLine(outcomes)}\n`);

function chosen(): readonly Step[] {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (values.only === undefined) return steps;
  const ids = values.only.split(',');
  const unknown = ids.filter((id) => !steps.some((step) => step.id === id));
  if (unknown.length > 0) {
    const known = steps.map((step) => step.id).join(', ');
    process.stderr.write(`--only: there is no ${unknown.join(', ')}. There are ${known}.\n`);
    process.exit(1);
  }
  return steps.filter((step) => ids.includes(step.id) || needs(step, ids));
}

/** The end-to-end tests need their browser, whoever asks for them alone. */
function needs(step: Step, ids: readonly string[]): boolean {
  return step.id === 'browser' && ids.includes('e2e');
}

async function perform(step: Step): Promise<Outcome> {
  const start = performance.now();
  const outcome = await settled(step);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  const word = outcome.failed > 0 ? 'FAILED' : 'ok    ';
  process.stdout.write(
    `${word} ${step.id.padEnd(12)}${seconds} s  ${summary(outcome)}`.trimEnd() + '\n',
  );
  if (outcome.failed > 0) process.stdout.write(`\n${outcome.output.trim()}\n\n`);
  for (const { name, reason } of outcome.skipped ?? [])
    process.stdout.write(`       skipped: ${name} (${reason})\n`);
  return outcome;
}

/** A check that breaks has failed: the rest still runs. */
async function settled(step: Step): Promise<Outcome> {
  try {
    return await step.run();
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { passed: 0, failed: 1, output: `The check itself broke: ${text}` };
  }
}

function summary(outcome: Outcome): string {
  if (outcome.note !== undefined) return outcome.note;
  const all = outcome.passed + outcome.failed;
  return all > 1 ? `${outcome.passed} of ${all}` : '';
}

async function tool(file: string, args: readonly string[]): Promise<Outcome> {
  const { code, output } = await runTool(file, args);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, output };
}
