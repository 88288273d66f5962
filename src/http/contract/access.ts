// Owns the shapes on the wire of signing in, accounts, rights and the audit.

import { z } from 'zod';
import { roles } from '../../access/policy.ts';
import { signInWays } from '../../access/session-tables.ts';
import { type SightKind, sightKinds } from '../../chart/sight.ts';

/** An instant, ISO 8601 in UTC. */
export const instant = z.iso.datetime();
/** An id of our own. */
export const id = z.string().min(1).max(64);
/** The answer of what gives nothing back. */
export const done = z.object({ done: z.literal(true) });
const name = z.string().min(1).max(200);
const secretText = z.string().min(1).max(300);

export const role = z.enum(roles);
export const level = z.enum(['read', 'manage']);
/** What a right can be limited to. */
export const sightKind = z.enum(Object.keys(sightKinds) as [SightKind]);

/** The account that is signed in. */
export const ownAccount = z.object({
  id,
  name,
  roles: z.array(role),
  hasPassword: z.boolean(),
  passkeys: z.number().int(),
  recoveryCodes: z.number().int(),
  /** Has neither a password nor a passkey, and is not the first owner, for whom the terminal prints links. */
  mustChooseSignIn: z.boolean(),
});

/** POST /api/session: the secret of a sign-in link, taken from after its `#`. */
export const signInByLink = z.object({ secret: secretText });
export const signInByPassword = z.object({ name, password: z.string().min(1).max(1000) });
export const signInByRecoveryCode = z.object({ name, code: z.string().min(1).max(100) });

/** Options for `navigator.credentials`, as WebAuthn's JSON forms. */
export const passkeyOptions = z.object({ options: z.record(z.string(), z.unknown()) });
/** What the browser's authenticator answered. */
export const passkeyAnswer = z.object({ response: z.record(z.string(), z.unknown()) });
export const newPasskey = passkeyAnswer.extend({ label: z.string().max(60) });

export const passkey = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
});
export const openSession = z.object({
  id,
  how: z.enum(signInWays),
  device: z.string(),
  address: z.string(),
  createdAt: instant,
  lastSeenAt: instant,
  /** This very browser. */
  current: z.boolean(),
});
/** GET /api/account */
export const accountPage = z.object({
  account: ownAccount,
  passkeys: z.array(passkey),
  sessions: z.array(openSession),
  /** The last link that somebody else made for this account within 30 days, used or not; `by` a name. */
  newLink: z.object({ at: instant, by: z.string().nullable() }).nullable(),
});
export const changeName = z.object({ name });
/** PUT /api/account/password: takes a recent sign-in, and so not the password before. */
export const changePassword = z.object({ password: z.string().min(1).max(1000) });
export const recoveryCodes = z.object({ codes: z.array(z.string()) });

/** An account as its owner sees it. */
export const listedAccount = z.object({
  id,
  name,
  roles: z.array(role),
  createdAt: instant,
  lastSeenAt: instant.nullable(),
  hasSignedIn: z.boolean(),
  /** Records that nobody else manages for good, by name where the owner may see them: they keep it from being closed. */
  onlyManagerOf: z.array(z.string()),
});
export const accounts = z.object({ accounts: z.array(listedAccount) });
export const invite = z.object({ name, roles: z.array(role) });
/** `link` is shown once; good once, for a week. */
export const invited = z.object({ account: listedAccount, link: z.string() });

export const givenRight = z.object({
  id,
  accountId: id,
  accountName: z.string(),
  level,
  kinds: z.array(sightKind).nullable(),
  givenByName: z.string().nullable(),
  createdAt: instant,
  expiresAt: instant.nullable(),
});
/** GET /api/people/:person/rights, and whom one could give a right to. */
export const rights = z.object({
  rights: z.array(givenRight),
  accounts: z.array(z.object({ id, name })),
});
export const giveRight = z.object({
  accountId: id,
  level,
  kinds: z.array(sightKind).min(1).nullable(),
  /** When it ends by itself; null for never. */
  expiresAt: instant.nullable(),
});
export const addPerson = z.object({
  name,
  /** As precise as it is known: YYYY, YYYY-MM or YYYY-MM-DD. */
  birthDate: z.string().max(10).nullable(),
});

/** One line of the audit, in plain words. */
export const auditLine = z.object({
  seq: z.number().int(),
  at: instant,
  /** Who, in words: an account's name, the terminal, somebody not signed in. */
  who: z.string(),
  /** What, in words: `read 12 results and 3 visits`. */
  what: z.string(),
  /** Whose record, where it was one that the reader may see. */
  whose: z.string().nullable(),
  /** Where it is about a right that ends by itself: when. Said after what, in the reader’s own time. */
  until: instant.nullable(),
  origin: z.string(),
  refused: z.boolean(),
});
/** POST /api/audit, `before` a line's number or null for the latest: latest first. */
export const auditPage = z.object({ lines: z.array(auditLine), more: z.boolean() });
export const auditVerdict = z.object({
  lines: z.number().int(),
  faults: z.array(z.object({ seq: z.number().int(), words: z.string() })),
  since: instant.nullable(),
  /** To be kept elsewhere and compared later. */
  checkpoint: z.string(),
});

/** GET /api/backups, for the owner. */
export const backupState = z.object({
  lastMade: z.object({ madeAt: instant, bytes: z.number(), fault: z.boolean() }).nullable(),
  /** The last try of the server’s own that came to nothing, where none has succeeded since. */
  lastFailed: z.object({ at: instant, sentence: z.string() }).nullable(),
  /** When one was last restored into a temporary place and found whole. */
  provenAt: instant.nullable(),
  /** Hours between two that are made by themselves; 0 where none is. */
  everyHours: z.number(),
});

export type BackupState = z.infer<typeof backupState>;
export type OwnAccount = z.infer<typeof ownAccount>;
export type AccountPage = z.infer<typeof accountPage>;
export type Accounts = z.infer<typeof accounts>;
export type ListedAccount = z.infer<typeof listedAccount>;
export type Rights = z.infer<typeof rights>;
export type GivenRight = z.infer<typeof givenRight>;
export type { SightKind };
export type AuditLine = z.infer<typeof auditLine>;
export type AuditPage = z.infer<typeof auditPage>;
export type AuditVerdict = z.infer<typeof auditVerdict>;
