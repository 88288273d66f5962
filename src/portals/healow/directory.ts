// Owns reading the published list of practices whose patients' interface is on: a Bundle in which an Organization and an
// Endpoint of one id are one practice.

import { z } from 'zod';
import type { DirectoryClinic, Vendor } from '../portal.ts';

const bundle = z.object({ entry: z.array(z.unknown()).default([]) });
const organization = z.object({
  resource: z.object({
    resourceType: z.literal('Organization'),
    id: z.string(),
    name: z.string().trim().min(1),
    address: z
      .array(z.object({ city: z.string().optional(), state: z.string().optional() }))
      .default([]),
  }),
});
const endpoint = z.object({
  resource: z.object({
    resourceType: z.literal('Endpoint'),
    id: z.string(),
    address: z.string().regex(/\/fhir\/r4\/[A-Za-z0-9-]+\/?$/),
  }),
});

/** Practices by their code, which is the end of their FHIR base. @throws when the text is no Bundle */
export const readHealowDirectory: Vendor['readDirectory'] = (text) => {
  const { entry: entries } = bundle.parse(JSON.parse(text));
  const codes = new Map<string, string>();
  const found: DirectoryClinic[] = [];
  let unreadable = 0;
  for (const entry of entries) {
    const place = endpoint.safeParse(entry).data?.resource;
    const named = organization.safeParse(entry).data?.resource;
    if (place) codes.set(place.id, place.address.replace(/\/$/, '').split('/').at(-1) ?? '');
    else if (named) {
      const [first] = named.address;
      const town = [first?.city, first?.state].filter(Boolean).join(', ');
      found.push({ id: named.id, name: named.name, town: town || null });
    } else unreadable += 1;
  }
  const clinics = found.flatMap((one) => {
    const code = codes.get(one.id);
    return code === undefined ? [] : [{ ...one, id: code }];
  });
  return { clinics, unreadable: unreadable + found.length - clinics.length };
};
