// Owns the reference of the errors: one row for each code of the catalogue.

import { errorCatalogue } from '../../src/platform/error-catalogue.ts';
import { heading, table } from './markdown.ts';

const who = {
  person: 'the person',
  clinic: 'the clinic',
  operator: 'who runs Chartfold',
  us: 'Chartfold',
};
const again = { never: 'no', later: 'later', 'after-reconnect': 'after connecting again' };

export function errorsPage(): string {
  const codes = Object.entries(errorCatalogue);
  const areas = [...new Set(codes.map(([code]) => code.split('.')[0] ?? ''))];
  const parts = areas.map((area) => {
    const rows = codes
      .filter(([code]) => code.startsWith(`${area}.`))
      .map(([code, row]) => [
        `\`${code}\``,
        row.sentence,
        who[row.act],
        again[row.retry],
        String(row.status),
      ]);
    return `## ${area}\n\n${table(['code', 'what the person reads', 'who can mend it', 'try again', 'HTTP status'], rows)}\n`;
  });
  return [
    heading('Errors', 'src/platform/error-catalogue.ts'),
    'Answers of the API are `application/problem+json` with the `code`; receipts and the command line name the same codes.\n',
    ...parts,
  ].join('\n');
}
