// Owns reading athenahealth's published list of practices: a Bundle of Organization and Endpoint resources.

import { z } from 'zod';
import type { DirectoryClinic } from '../portal.ts';

const PRACTICE_EXTENSION = 'https://fhir.athena.io/StructureDefinition/ah-practice';

const bundle = z.object({ entry: z.array(z.unknown()).default([]) });
const anyEntry = z.object({ resource: z.object({ resourceType: z.string() }) });
const organization = z.object({
  resourceType: z.literal('Organization'),
  name: z.string().min(1),
  extension: z
    .array(
      z.object({ url: z.string(), valueReference: z.object({ reference: z.string() }).optional() }),
    )
    .default([]),
  address: z
    .array(z.object({ city: z.string().optional(), state: z.string().optional() }))
    .default([]),
});

/** Practices by id and name; entries of other types are passed over, unreadable ones counted. */
export function readAthenahealthDirectory(text: string): {
  clinics: DirectoryClinic[];
  unreadable: number;
} {
  const clinics: DirectoryClinic[] = [];
  let unreadable = 0;
  for (const entry of bundle.parse(JSON.parse(text)).entry) {
    const { data: read } = anyEntry.safeParse(entry);
    if (read && read.resource.resourceType !== 'Organization') continue;
    const parsed = organization.safeParse((entry as { resource?: unknown } | null)?.resource);
    const id = parsed.data?.extension
      .find((e) => e.url === PRACTICE_EXTENSION)
      ?.valueReference?.reference.match(/Practice-(\d+)$/)?.[1];
    if (!parsed.success || !id) {
      unreadable += 1;
      continue;
    }
    const { city, state } = parsed.data.address[0] ?? {};
    clinics.push({
      id,
      name: parsed.data.name,
      town: [city, state].filter(Boolean).join(', ') || null,
    });
  }
  return { clinics, unreadable };
}
