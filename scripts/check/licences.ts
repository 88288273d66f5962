// Owns the check that everything shipped may be shipped: each package has a licence, and it is one of these.

import { type Part, shippedParts } from '../gen/sbom.ts';
import { fromFindings, type Outcome } from './outcome.ts';

/** SPDX names. Permissive ones, which ask for no more than that their text goes along; and the fonts’ own. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Unlicense',
]);

/** Checks what the lock file says of each. */
export function checkLicences(): Outcome {
  const parts = shippedParts();
  return fromFindings(parts.flatMap(licenceFault), `${parts.length} packages`);
}

/** Of a choice (`OR`) one must be allowed, of a sum (`AND`) each. */
export function licenceFault({ name, version, licence }: Part): string[] {
  if (licence === null) return [`${name} ${version}: names no licence`];
  const choices = licence.replace(/[()]/g, '').split(' OR ');
  const isAllowed = choices.some((choice) =>
    choice.split(' AND ').every((one) => ALLOWED.has(one)),
  );
  return isAllowed ? [] : [`${name} ${version}: ${licence} is not among the allowed licences`];
}
