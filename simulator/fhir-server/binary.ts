// How a Binary is answered: as its resource or as the file itself, by what the client accepts; and what the faults of
// files do to it.

import { Buffer } from 'node:buffer';
import type { FaultSwitches } from '../faults.ts';
import type { Answer } from '../http.ts';
import { fhirJson, serverFault } from './outcomes.ts';
import type { StoredResource } from './store.ts';

/** More than any client keeps of one file. */
const tooLarge = 70 * 1024 * 1024;

/** @see https://hl7.org/fhir/R4/binary.html#rest */
export function readBinary(
  faults: FaultSwitches,
  stored: StoredResource,
  accept: string | undefined,
): Answer {
  if (faults.strike('binary.500') !== undefined) return serverFault();
  const { contentType = 'application/octet-stream', data = '' } = JSON.parse(stored.text) as {
    contentType?: string;
    data?: string;
  };
  const file = Buffer.from(data, 'base64');
  if (faults.strike('binary.too-large') !== undefined) {
    return { status: 200, body: Buffer.concat([file, Buffer.alloc(tooLarge)]), contentType };
  }
  if (faults.strike('binary.is-raw-pdf') !== undefined) {
    return { status: 200, body: file, contentType: fhirJson };
  }
  if (faults.strike('binary.is-json') !== undefined || !wantsFile(accept ?? '*/*', contentType)) {
    return { status: 200, body: stored.text, contentType: fhirJson };
  }
  return { status: 200, body: file, contentType };
}

/** Whether the file's own type comes before FHIR's in an Accept header (RFC 9110 section 12.5.1). */
function wantsFile(accept: string, contentType: string): boolean {
  const weightOf = (types: readonly string[]) =>
    Math.max(
      0,
      ...accept.split(',').map((entry) => {
        const [type = '', ...parameters] = entry.split(';').map((part) => part.trim());
        const weight = parameters.find((one) => one.startsWith('q='))?.slice(2) ?? '1';
        return types.includes(type) ? Number(weight) : 0;
      }),
    );
  const forFile = Math.max(weightOf([contentType]), weightOf(['*/*']) / 2);
  return forFile > weightOf(['application/fhir+json', 'application/json']);
}
