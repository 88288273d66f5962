// Owns the shapes on the wire of servers that are looked at, added by their address, and looked after.

import { z } from 'zod';
import { id, instant } from './access.ts';
import { count } from './chart-parts.ts';
import { portalKey } from './clinics.ts';

/** How a program proves itself to a server. */
const authMethod = z.enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']);
/** An address that somebody typed. */
export const serverLook = z.object({ address: z.string().min(1).max(2_000) });
/** What a server says of itself to anybody, and what to register there. */
export const serverFound = z.object({
  fhirBaseUrl: z.string(),
  name: z.string(),
  fhirVersion: z.string(),
  /** The hosts where it says that patients sign in, and that what they allow there is sent to. */
  signInHost: z.string(),
  tokenHost: z.string(),
  /** How a program may prove itself there, at least one way. */
  auth: z.array(authMethod),
  redirectUri: z.string(),
  jwksUrl: z.string(),
});
/** POST /api/servers. */
export const serverAdd = serverLook.extend({
  name: z.string().max(100),
  clientId: z.string().min(1).max(500),
  clientSecret: z.string().min(1).max(2_000).nullable(),
  auth: authMethod,
});
/** The portal that it is now. */
export const serverAdded = z.object({ portal: portalKey });

/** GET /api/servers: those that the account has added; all, where it is an owner. DELETE /api/servers/:id answers with the rest. */
export const addedServers = z.object({
  servers: z.array(
    z.object({
      id,
      name: z.string(),
      fhirBaseUrl: z.string(),
      clientId: z.string(),
      /** Null for the terminal. */
      addedBy: z.string().nullable(),
      /** Added by this account, which may add it again to put its registration right. */
      isOwn: z.boolean(),
      addedAt: instant,
      /** How many that the account may see use it, and whether others do. While any does it stays. */
      connections: count,
      hasOthers: z.boolean(),
    }),
  ),
});

export type ServerFound = z.infer<typeof serverFound>;
export type ServerAdd = z.infer<typeof serverAdd>;
export type AddedServers = z.infer<typeof addedServers>;
export type ServerAdded = z.infer<typeof serverAdded>;
