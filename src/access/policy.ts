// Owns who may do what: one table, asked by pages, API, command line and exports alike. Pure: it decides by what
// it is given and looks nothing up. Whose rights there are is rights.ts.

import { ChartfoldError } from '../platform/errors.ts';
import type { Level } from './account-tables.ts';

/** What an account may be beside a reader of records. */
export const roles = ['owner', 'developer', 'practice'] as const;
export type Role = (typeof roles)[number];

/** An account's right on one person's record. */
export type Right = {
  readonly personId: string;
  readonly level: Level;
  /** Kinds of record it is limited to; null for all. */
  readonly kinds: readonly string[] | null;
};

/** Where somebody comes in. */
export type Door = 'app' | 'terminal';

/** Whoever acts: an account with its rights as they are now, or the operator at the machine's own terminal. */
export type Actor = {
  readonly door: Door;
  /** Null for the operator, who has the root key and so has every right. */
  readonly account: { readonly id: string; readonly name: string } | null;
  readonly roles: readonly Role[];
  readonly rights: readonly Right[];
};

/** The operator: whoever can open the control socket or the data directory. */
export const operator: Actor = { door: 'terminal', account: null, roles, rights: [] };

type Rule =
  /** On a person's record: the level it takes; `whole` where a right limited to kinds is not enough. */
  | { readonly on: 'record'; readonly level: Level; readonly whole?: true }
  /** On the instance: one of these roles. */
  | { readonly on: 'instance'; readonly roles: readonly Role[] }
  /** On what is one's own; whoever is signed in. */
  | { readonly on: 'self' };

const read = { on: 'record', level: 'read' } as const;
const manage = { on: 'record', level: 'manage', whole: true } as const;
const owner = { on: 'instance', roles: ['owner'] } as const;
const self = { on: 'self' } as const;

/** Every act there is, and what it takes. */
export const policy = {
  'record.read': read,
  'record.export': { on: 'record', level: 'read', whole: true },
  'record.sync': manage,
  'record.schedule': manage,
  'record.cancel': manage,
  'record.connect': manage,
  'record.disconnect': manage,
  'record.delete': manage,
  'record.import': manage,
  'record.receipts': { on: 'record', level: 'read', whole: true },
  'record.rights': manage,
  'record.audit': manage,
  'people.list': self,
  'people.add': self,
  'portals.list': self,
  'directory.update': self,
  'portals.add': self,
  'portals.remove': self,
  'connections.list': self,
  'connections.begin': self,
  'connections.sync': self,
  'account.read': self,
  'account.change': self,
  'accounts.manage': owner,
  'directory.import': owner,
  'sample.remove': owner,
  'instance.audit': owner,
  'instance.backup': owner,
  'instance.keys': owner,
  'instance.rebuild': owner,
  'instance.vitals': owner,
  'door.developer': { on: 'instance', roles: ['owner', 'developer'] },
  'door.practice': { on: 'instance', roles: ['practice'] },
} as const satisfies Record<string, Rule>;

export type Act = keyof typeof policy;
export type RecordAct = { [A in Act]: (typeof policy)[A]['on'] extends 'record' ? A : never }[Act];
export type OtherAct = Exclude<Act, RecordAct>;

/** What may be seen of a record: everything, or some kinds. */
export type Sight = 'all' | ReadonlySet<string>;

/**
 * Lets an act on the instance or on one's own things pass.
 * @throws `access.not_allowed`
 */
export function allow(actor: Actor, act: OtherAct): void {
  const rule: Rule = policy[act];
  const isAllowed =
    actor.account === null ||
    rule.on === 'self' ||
    (rule.on === 'instance' && rule.roles.some((role) => actor.roles.includes(role)));
  if (!isAllowed) throw new ChartfoldError('access.not_allowed');
}

/**
 * Lets an act on a person's record pass, and says what of it may be seen.
 * @throws `person.not_found` where the actor has no right on that record at all, as if it did not exist;
 *   `access.not_allowed` where the right does not reach so far
 */
export function allowOn(actor: Actor, act: RecordAct, personId: string): Sight {
  if (actor.account === null) return 'all';
  const { level, ...rule }: Extract<Rule, { on: 'record' }> = policy[act];
  const own = actor.rights.filter((right) => right.personId === personId);
  if (own.length === 0) throw new ChartfoldError('person.not_found');
  const reaching = own.filter((right) => level === 'read' || right.level === 'manage');
  if (reaching.some((right) => right.kinds === null)) return 'all';
  if (reaching.length === 0 || rule.whole) throw new ChartfoldError('access.not_allowed');
  return new Set(reaching.flatMap((right) => right.kinds ?? []));
}

/**
 * Whether what is nobody's record yet is the actor's: begun by their account, or at the terminal, whose work every owner
 * goes on with.
 */
export function isOwnBeginning(actor: Actor, begunBy: string | null): boolean {
  if (actor.account === null) return true;
  return begunBy === null ? actor.roles.includes('owner') : begunBy === actor.account.id;
}

/** Whether a server that was added is the actor's to look after: whoever added it, and every owner. */
export function looksAfterServer(actor: Actor, addedBy: string | null): boolean {
  return actor.roles.includes('owner') || (addedBy !== null && actor.account?.id === addedBy);
}

/** Whether an act on a person's record would pass. */
export function mayOn(actor: Actor, act: RecordAct, personId: string): boolean {
  try {
    allowOn(actor, act, personId);
    return true;
  } catch {
    return false; // Either reason is a no.
  }
}

/** Whether an act on the instance would pass. */
export function may(actor: Actor, act: OtherAct): boolean {
  try {
    allow(actor, act);
    return true;
  } catch {
    return false; // The only reason is a no.
  }
}
