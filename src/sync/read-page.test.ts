// Proves that a page comes back from its thread with nothing beside what is stored, and is unpacked there.

import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readPage } from './read-page.ts';

const entry = Array.from({ length: 120 }, (_, n) => ({
  resource: { resourceType: 'Observation', id: `o${n}`, subject: { reference: 'Patient/p' } },
}));
const body = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry });

function read(bytes: Uint8Array, coding: string | null) {
  return readPage({
    // Moved to the thread, so it is a copy.
    pieces: [new Uint8Array(bytes)],
    contentType: 'application/fhir+json',
    coding,
    about: {
      patientId: 'p',
      links: 'own',
      fhirBaseUrl: 'https://portal.example/fhir',
      person: 'person-1',
    },
    referenced: [],
  });
}

it('a page’s packs come each in a buffer of their own, no larger than they are', async () => {
  const { packs, count } = await read(Buffer.from(body), null);
  expect(count).toBe(120);
  expect(packs.length).toBeGreaterThan(1);
  for (const { bytes } of packs) expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
});

it('a page that came packed is the same page', async () => {
  expect(await read(gzipSync(body), 'gzip')).toEqual(await read(Buffer.from(body), null));
});

it.each([
  ['ends inside', gzipSync(body).subarray(0, 300), 'fhir.truncated'],
  ['is not packed as it says', Buffer.from(body), 'net.unreachable'],
  ['unpacks to more than a page may hold', gzipSync(Buffer.alloc(65 << 20, ' ')), 'net.too_large'],
])('a page that %s is refused', async (_what, bytes, code) => {
  await expect(read(bytes, 'gzip')).rejects.toThrow(expect.objectContaining({ code }));
});
