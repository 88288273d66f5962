// Owns the reference of the configuration and `.env.example`, both from the one list of keys.

import { baseKeys, type ConfigKey } from '../../src/platform/config/keys.ts';
import { vendorKeys } from '../../src/portals/registry.ts';
import { heading, table } from './markdown.ts';

const groups: readonly (readonly [string, readonly ConfigKey[]])[] = [
  ['The program', baseKeys],
  ['Portals', vendorKeys],
];

export function configurationPage(): string {
  const parts = groups.map(
    ([title, keys]) =>
      `## ${title}\n\n${table(
        ['key', 'meaning', 'default', 'example'],
        keys.map((key) => [
          `\`${key.name}\``,
          key.meaning,
          key.defaultWords,
          key.example ? `\`${key.example}\`` : '',
        ]),
      )}\n`,
  );
  return [
    heading('Configuration', 'src/platform/config/keys.ts and the portals'),
    'Read from the environment, else from a file `.env` in the clone. Empty values and values such as `$NAME` count as unset. All faults are told at once, each with what mends it.\n',
    ...parts,
  ].join('\n');
}

export function environmentExample(): string {
  const entry = (key: ConfigKey) =>
    `# ${key.meaning}\n# Default: ${key.defaultWords}.\n#${key.name}=${key.secret ? '' : key.example}\n`;
  const parts = groups.map(([title, keys]) => `# --- ${title}\n\n${keys.map(entry).join('\n')}`);
  return [
    '# Copy this file to .env and take the # from what you set. Nothing here is needed to try Chartfold.',
    '# Made from src/platform/config/keys.ts and the portals by `node scripts/gen/all.ts`.\n',
    parts.join('\n'),
  ].join('\n');
}
