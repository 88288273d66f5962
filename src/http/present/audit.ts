// Owns the audit in plain words: who, what, whose, when, from where; and what a check of the chain found.

import type {
  AuditAct,
  AuditDeed,
  AuditDetail,
  AuditFault,
  AuditLine,
} from '../../access/audit.ts';
import { kindNames } from '../../fhir/kinds.ts';
import { errorCatalogue } from '../../platform/error-catalogue.ts';
import { SCHEDULE, SCHEDULED_BACKUP } from '../../sharing/backup/backups.ts';
import type { AuditLine as Wire } from '../contract.ts';

/** Names by id; what is not in them is told without a name. */
export type Names = {
  readonly accounts: ReadonlyMap<string, string>;
  readonly people: ReadonlyMap<string, string>;
};

export function presentAuditLine(line: AuditLine, names: Names): Wire {
  const { refused, right } = line.detail;
  const words = wordsOf(line, names);
  return {
    seq: line.seq,
    at: line.at,
    who: whoOf(line, names),
    what: refused ? `${words}: ${errorCatalogue[refused].sentence}` : words,
    whose: isSaid(line) ? null : whoseOf(line, names),
    until: right?.until ?? null,
    origin: line.origin,
    refused: refused !== undefined,
  };
}

function whoseOf({ personId }: AuditLine, { people }: Names): string | null {
  return personId === null ? null : (people.get(personId) ?? 'a removed record');
}

/** Whether the words say already whose record it is. */
function isSaid({ act, personId, detail }: AuditLine): boolean {
  return act === 'people.add' && personId !== null && !detail.refused;
}

/** A fault of the chain, in words. */
export function faultWords({ seq, what }: AuditFault): string {
  const words: Record<AuditFault['what'], string> = {
    changed: `Line ${seq} is not as it was written.`,
    missing: `Line ${seq} was taken out.`,
    added: `Line ${seq} was not written by this Chartfold.`,
    'cut-off': `The lines from ${seq} on were cut off.`,
    'other-history': `Line ${seq} is not the one that the checkpoint saw.`,
  };
  return words[what];
}

function whoOf(line: AuditLine, { accounts }: Names): string {
  if (line.origin === SCHEDULE) return 'Chartfold';
  if (line.accountId !== null) return accounts.get(line.accountId) ?? 'A closed account';
  return line.door === 'terminal' ? 'The operator' : 'Somebody';
}

/** What was done, as the rest of a sentence that begins with who did it. */
const WORDS: Readonly<Record<AuditAct, string>> = {
  'record.read': 'read',
  'record.export': 'exported',
  'record.sync': 'started a sync',
  'record.schedule': 'chose how often a portal is asked',
  'record.cancel': 'stopped a sync',
  'record.connect': 'began or confirmed a connection',
  'record.disconnect': 'disconnected a portal',
  'record.delete': 'deleted what a portal filled',
  'record.import': 'imported files',
  'record.receipts': 'looked at connections and receipts',
  'record.rights': 'changed who may see the record',
  'record.audit': 'looked at the audit',
  'people.list': 'listed the people',
  'people.add': 'added a person',
  'portals.list': 'listed the portals',
  'directory.update': 'had the lists of clinics fetched',
  'portals.add': 'added a server, or changed how one is registered',
  'portals.remove': 'removed a server',
  'connections.list': 'listed the connections',
  'connections.begin': 'began to connect a portal',
  'connections.sync': 'started a sync of every connection',
  'account.read': 'looked at their own account',
  'account.change': 'changed their own account',
  'accounts.manage': 'changed who may sign in',
  'directory.import': 'imported a list of clinics',
  'sample.remove': 'removed the sample record',
  'instance.audit': 'had the audit of everyone checked',
  'instance.backup': 'worked on backups',
  'instance.keys': 'worked on the keys',
  'instance.rebuild': 'had the chart made anew',
  'instance.vitals': 'looked at the program’s own figures',
  'door.developer': 'worked at the Developer door',
  'door.practice': 'worked at the Practice door',
  'sign-in': 'signed in',
  'sign-in.refused': 'tried to sign in',
  'sign-out': 'signed out',
};

const WAYS: Readonly<Record<string, string>> = {
  link: 'with a link',
  password: 'with a password',
  passkey: 'with a passkey',
  'recovery-code': 'with a recovery code',
};

const KINDS: Readonly<Record<string, readonly [one: string, more: string]>> = {
  ...kindNames,
  attachment: ['file of a record', 'files of records'],
  raw: ['text as it was received', 'texts as they were received'],
};

/** What was done by an act that covers several things, to the account of a name. */
const DEEDS: Readonly<Record<AuditDeed, (name: string, right: string) => string>> = {
  invite: (name) => `invited ${name}`,
  link: (name) => `made a new sign-in link for ${name}`,
  close: (name) => `closed the account of ${name}`,
  name: () => 'changed their name',
  password: () => 'changed their password',
  'recovery-codes': () => 'made new recovery codes',
  'passkey-add': () => 'added a passkey',
  'passkey-remove': () => 'removed a passkey',
  'session-end': () => 'ended one of their other sessions',
  'sessions-end': () => 'ended all their other sessions',
  'right-give': (name, right) => `gave ${name} ${right ? `the right to ${right}` : 'a right'}`,
  'right-take': (name, right) =>
    `took back ${right ? `the right of ${name} to ${right}` : `a right of ${name}`}`,
};

function rightWords(right: AuditDetail['right']): string {
  if (!right) return '';
  if (right.level === 'manage') return 'manage the record';
  return `read ${right.kinds === null ? 'everything' : listed(right.kinds.map((kind) => RIGHT_KINDS[kind] ?? kind))}`;
}

/** The words of rights that differ from what they are called. */
const RIGHT_KINDS: Readonly<Record<string, string>> = {
  vitals: 'vital signs',
  other: 'other records',
};

function wordsOf(line: AuditLine, names: Names): string {
  const { act, detail } = line;
  const words = WORDS[act];
  if (detail.did) {
    const name = names.accounts.get(detail.what ?? '') ?? 'an account';
    return DEEDS[detail.did](name, rightWords(detail.right));
  }
  if (detail.what === SCHEDULED_BACKUP) return 'made a backup';
  if (isSaid(line)) return `added ${whoseOf(line, names)}`;
  if (act === 'sign-in' || act === 'sign-in.refused')
    return [words, WAYS[detail.what ?? '']].filter(Boolean).join(' ');
  const kinds = Object.entries(detail.kinds ?? {})
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${KINDS[kind]?.[count === 1 ? 0 : 1] ?? kind}`);
  if (act === 'record.read') return kinds.length ? `${words} ${listed(kinds)}` : 'looked at';
  return words;
}

function listed(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length > 1 ? `${parts.slice(0, -1).join(', ')} and ${last}` : last;
}
