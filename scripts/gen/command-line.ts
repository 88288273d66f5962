// Owns the reference of the command line: the help of every verb, as the program prints it.

import type { Command } from 'commander';
import { commandLine } from '../../src/cli/main.ts';
import { heading } from './markdown.ts';

export function commandLinePage(): string {
  const never = () => Promise.reject(new Error('nothing is run to make a page'));
  const root = commandLine({ readConfig: () => ({}) as never, migrations: {}, assemble: never });
  const verbs = root.commands.flatMap((verb) =>
    verb.commands.length > 0 ? verb.commands : [verb],
  );
  return [
    heading('Command line', 'src/cli/main.ts'),
    'Inside the clone: `npx chartfold <verb>`. It acts on the instance of `CHARTFOLD_DATA_DIR`, through the running server where there is one. `--json` is on every verb that reports; the exit code is 0 only on success.\n',
    ...verbs.map((verb) => `## ${nameOf(verb)}\n\n\`\`\`\n${helpOf(verb)}\n\`\`\`\n`),
  ].join('\n');
}

function nameOf(verb: Command): string {
  const parent = verb.parent;
  return parent?.parent ? `${parent.name()} ${verb.name()}` : verb.name();
}

/** A fixed width, so that the page does not change with the terminal. */
function helpOf(verb: Command): string {
  return verb.configureHelp({ helpWidth: 100 }).helpInformation().trim();
}
