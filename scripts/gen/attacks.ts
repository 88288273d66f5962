// Owns the page of attacks that the tests make: every test whose name cites a weakness of the CWE list, as in
// `[CWE-352]`, or a requirement of the OWASP ASVS 5.0, as in `[ASVS 7.2.4]`.

import { filesOf, textOf } from '../check/tree.ts';
import { heading, table } from './markdown.ts';

const NAME =
  /(['"`])((?:(?!\1)[^\n\\]|\\.)*\[(?:CWE-\d+|ASVS [\d.]+|%s)\](?:(?!\1)[^\n\\]|\\.)*)\1/g;
const CITED = /\[(CWE-\d+|ASVS [\d.]+)\]/g;

type Attack = { readonly cites: string; readonly test: string; readonly path: string };

/** The page, by what is attacked. */
export function attacksPage(): string {
  const attacks = filesOf(/^(src|e2e)\/.*\.(test|e2e|contract)\.tsx?$/)
    .flatMap((path) => attacksIn(path, textOf(path)))
    .toSorted((a, b) => order(a.cites) - order(b.cites) || a.path.localeCompare(b.path));
  const rows = attacks.map(({ cites, test, path }) => [cites, test, path]);
  return [
    heading('Attacks that the tests make', 'the names of the tests'),
    'Each by its number in the Common Weakness Enumeration or the OWASP Application Security Verification Standard 5.0. A row that names a placeholder stands for several attacks: one for each address, role or text that the test is run with.',
    '',
    table(['number', 'attack', 'file'], rows),
    '',
  ].join('\n');
}

/** What the names of tests in a file cite. */
export function attacksIn(path: string, text: string): Attack[] {
  return [...text.matchAll(NAME)].flatMap(([, , name = '']) =>
    [...name.matchAll(CITED)].map(([, cites = '']) => ({
      cites,
      test: name.replace(/ *\[[^\]]*\]/g, '').replaceAll("\\'", "'"),
      path,
    })),
  );
}

function order(cites: string): number {
  const [kind = '', number = '0'] = cites.split(/[- ]/);
  const [first = 0, second = 0, third = 0] = number.split('.').map(Number);
  return (kind === 'CWE' ? 0 : 1e9) + first * 1e6 + second * 1e3 + third;
}
