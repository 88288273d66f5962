// Owns the audit in plain words: who, what, whose, when, from where; and what a check of the chain found.

import type { AuditAct, AuditFault, AuditLine } from '../../access/audit.ts';
import { errorCatalogue } from '../../platform/error-catalogue.ts';
import type { AuditLine as Wire } from '../contract.ts';

/** Names by id; what is not in them is told without a name. */
export type Names = {
  readonly accounts: ReadonlyMap<string, string>;
  readonly people: ReadonlyMap<string, string>;
};

export function presentAuditLine(line: AuditLine, names: Names): Wire {
  const { refused } = line.detail;
  return {
    seq: line.seq,
    at: line.at,
    who: whoOf(line, names),
    what: refused ? `${wordsOf(line)}: ${errorCatalogue[refused].sentence}` : wordsOf(line),
    whose: line.personId === null ? null : (names.people.get(line.personId) ?? 'a removed record'),
    origin: line.origin,
    refused: refused !== undefined,
  };
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
  'connections.list': 'listed the connections',
  'connections.begin': 'began to connect a portal',
  'connections.sync': 'started a sync of every connection',
  'account.read': 'looked at their own account',
  'account.change': 'changed their own account',
  'accounts.manage': 'changed who may sign in',
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
  visit: ['visit', 'visits'],
  result: ['result', 'results'],
  panel: ['panel', 'panels'],
  vital: ['vital sign', 'vital signs'],
  medication: ['medication', 'medications'],
  condition: ['condition', 'conditions'],
  allergy: ['allergy', 'allergies'],
  immunization: ['immunization', 'immunizations'],
  procedure: ['procedure', 'procedures'],
  document: ['document', 'documents'],
  order: ['order', 'orders'],
  plan: ['care plan', 'care plans'],
  goal: ['goal', 'goals'],
  'care-team': ['care team', 'care teams'],
  device: ['device', 'devices'],
  other: ['other record', 'other records'],
  raw: ['text as it was received', 'texts as they were received'],
};

function wordsOf({ act, detail }: AuditLine): string {
  const words = WORDS[act];
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
