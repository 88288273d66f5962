// Proves that a page comes back from its thread with nothing beside what is stored.

import { expect, it } from 'vitest';
import { readPage } from './read-page.ts';

it('a page’s packs come each in a buffer of their own, no larger than they are', async () => {
  const entry = Array.from({ length: 120 }, (_, n) => ({
    resource: { resourceType: 'Observation', id: `o${n}`, subject: { reference: 'Patient/p' } },
  }));
  const body = new TextEncoder().encode(
    JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry }),
  );
  const { packs, count } = await readPage({
    pieces: [body],
    contentType: 'application/fhir+json',
    coding: null,
    about: {
      patientId: 'p',
      links: 'own' as const,
      fhirBaseUrl: 'https://portal.example/fhir',
      person: 'person-1',
    },
    referenced: [],
  });
  expect(count).toBe(120);
  expect(packs.length).toBeGreaterThan(1);
  for (const { bytes } of packs) expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
});
