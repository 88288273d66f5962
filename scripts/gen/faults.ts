// Owns the reference of the simulator's faults: one row for each of the catalogue.

import { faultCatalogue } from '../../simulator/faults.ts';
import { heading, table } from './markdown.ts';

export function faultsPage(): string {
  const rows = faultCatalogue.map(({ name, sentence, parameters }) => [
    `\`${name}\``,
    sentence,
    parameters.map((parameter) => `\`${parameter}\``).join(', '),
  ]);
  return [
    heading('Faults of the simulator', 'simulator/faults.ts'),
    'Each takes `times`, after which it is spent, and `after`, so many requests that it lets pass first. How it is asked for: [the simulator](../developing/simulator.md).\n',
    `${table(['fault', 'what the portal then does', 'and takes'], rows)}\n`,
  ].join('\n');
}
