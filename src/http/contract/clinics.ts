// Owns the shapes on the wire of clinics that can be connected, and of the lists that name them.

import { z } from 'zod';
import { id } from './access.ts';
import { count } from './chart-parts.ts';

/** `vendor/environment`, and the name that an operator gave it. */
export const portalKey = z.string().min(1).max(200);
export const environment = z.enum(['production', 'preview']);

/** A clinic that can be connected. */
export const clinic = z.object({
  /** Null: the server at the address must be added first. */
  portal: portalKey.nullable(),
  /** The FHIR base, where a list names it for the clinic. */
  address: z.string().nullable(),
  portalName: z.string(),
  environment,
  /** The vendor's id of the clinic; empty where the portal has none to choose. */
  clinicId: z.string().max(200),
  name: z.string(),
  town: z.string().nullable(),
  /** Of a portal that is chosen as a whole: whether it says after the sign-in which clinic it was. */
  tellsClinic: z.boolean(),
  sample: z.boolean(),
  /** What the person should know before signing in there. */
  notes: z.array(z.string()),
  /** How many questions a sync asks at least; none where only the server itself says what there is to ask. */
  questions: count,
  /** Connected already, for whom. */
  connected: z.array(z.object({ connectionId: id, personName: z.string() })),
});
/** POST /api/clinics/search. In a body, since whoever searches tells where they go for care. */
export const clinicSearch = z.object({ typed: z.string().max(200) });
export const clinics = z.object({
  /** The likeliest first; with nothing typed all, where they are few. */
  clinics: z.array(clinic),
  /** How many match, as far as they were counted; more than are here where they are many. */
  total: count,
  isMore: z.boolean(),
  /** The portals as a whole, for who does not find their clinic. */
  portals: z.array(clinic),
});

/** GET /api/directory: the lists of clinics that there are, or could be. */
export const directory = z.object({
  lists: z.array(
    z.object({
      /** Whose clinics it names. */
      vendor: z.string(),
      /** The server it is fetched from, or the file that was imported. */
      from: z.string(),
      imported: z.boolean(),
      /** Of a simulated portal: it is read without asking. */
      sample: z.boolean(),
      /** Null before it was read whole. */
      readAt: z.string().nullable(),
      /** When it was last known to be the newest, and when that was last tried. */
      checkedAt: z.string().nullable(),
      triedAt: z.string().nullable(),
      clinics: count,
      /** How large it is, about. */
      bytes: count.nullable(),
      /** Waiting for its turn; being read, with the bytes that have come; neither. */
      progress: z
        .discriminatedUnion('kind', [
          z.object({ kind: z.literal('waiting') }),
          z.object({ kind: z.literal('reading'), bytes: count }),
        ])
        .nullable(),
      /** Why the last reading failed, in a sentence. */
      trouble: z.string().nullable(),
    }),
  ),
});

export type Clinic = z.infer<typeof clinic>;
export type Clinics = z.infer<typeof clinics>;
export type DirectoryLists = z.infer<typeof directory>;
