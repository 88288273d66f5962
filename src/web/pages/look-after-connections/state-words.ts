// Owns the sentences about a connection's state, one for each, and the order of the cards.

import { apart } from '../../../fhir/text/shown.ts';
import type { Connection } from '../../../http/contract.ts';
import { longDate, nearMoment } from '../../parts/dates.ts';
import { counted, figures, listed } from '../../parts/words.ts';

type StateWords = { title: string; sentence: string; tone: 'plain' | 'amber' | 'red' };

/** What the state is called and what it means. Syncing has its progress instead of a sentence. */
export function stateWords(c: Connection, now: Date): StateWords {
  const { state } = c;
  switch (state.kind) {
    case 'authorising':
      return {
        title: `Waiting for you to sign in at ${apart(c.clinicName)}`,
        sentence: `Begun ${nearMoment(state.since, now)}. Nothing is read before you have signed in there.`,
        tone: 'plain',
      };
    case 'confirm':
      return {
        title: 'Is this the right patient?',
        sentence: `The portal gave the name ${apart(state.patient.name)}, ${born(state.patient.birthDate)}. Nothing is stored until you say yes.`,
        tone: 'amber',
      };
    case 'waiting':
      return {
        title: 'Waiting to sync',
        sentence:
          `It begins by itself when its turn comes. ${c.records > 0 ? `${counted(c.records, 'record')} so far.` : ''}`.trim(),
        tone: 'plain',
      };
    case 'syncing':
      return { title: 'Syncing', sentence: '', tone: 'plain' };
    case 'ready':
      if (state.code === 'connection.vendor_down')
        return { title: titleOf(state.code) ?? '', sentence: state.trouble ?? '', tone: 'amber' };
      return {
        title: 'Connected',
        sentence: state.trouble
          ? `The last sign-in did not succeed, and nothing changed here. ${state.trouble}`
          : `${readyWords(c)} ${c.note ?? ''}`.trim(),
        tone: state.trouble ? 'amber' : 'plain',
      };
    case 'sign-in-again':
      return {
        title: titleOf(state.code) ?? 'Sign in again',
        sentence: `${state.sentence} ${kept(c)}`.trim(),
        tone: 'amber',
      };
    case 'failed':
      return {
        title: failedTitle(c, state.code),
        sentence: `${state.sentence} ${kept(c)}`.trim(),
        tone: 'red',
      };
    case 'disconnected':
      return {
        title: 'Disconnected',
        sentence:
          `You ended this ${nearMoment(state.since, now)}. ${kept(c) || 'It held no records.'} ${state.trouble ?? ''}`.trim(),
        tone: state.trouble ? 'amber' : 'plain',
      };
  }
}

/** What a state is called because of its reason, where the reason says more than the state. */
const TITLES: { readonly [code: string]: string } = {
  'connection.withdrawn': 'No longer allowed by the clinic',
  'connection.clinic_api_off': 'Not switched on by the clinic',
  'connection.vendor_down': 'The portal does not answer',
  'connection.portal_off': 'This portal is switched off here',
  'connection.simulator_off': 'The simulator is off',
  'connection.unreadable': 'This connection cannot be read',
  'smart.wrong_client': 'The operator must mend this',
  'smart.authorization_refused': 'The operator must mend this',
};

function titleOf(code: string): string | undefined {
  return Object.hasOwn(TITLES, code) ? TITLES[code] : undefined;
}

/** Whether a connection leads nowhere as this Chartfold is configured: nothing at the portal would help. */
export function leadsNowhere({ state }: Connection): boolean {
  const codes = ['connection.portal_off', 'connection.simulator_off'];
  return state.kind === 'failed' && codes.includes(state.code);
}

function failedTitle(c: Connection, code: string): string {
  const byReason = titleOf(code);
  if (byReason !== undefined) return byReason;
  return c.records > 0 ? 'The last sign-in did not succeed' : 'The sign-in did not succeed';
}

function born(birthDate: string | null): string {
  return birthDate ? `born ${longDate(birthDate)}` : 'birth date not given';
}

function readyWords(c: Connection): string {
  const count = counted(c.records, 'record');
  if (!c.lastReceipt) return c.records > 0 ? `${count}.` : 'Nothing has been asked for yet.';
  const { new: fresh, newFiles, changed } = c.lastReceipt;
  // After a first sync all of it is new, which goes without saying.
  if (fresh === c.records) return `${count}.`;
  const files = newFiles > 0 ? counted(newFiles, 'file') : null;
  if (fresh === 0 && changed === 0)
    return `${count}. Nothing new${files ? ` but ${files}` : ''} at the last sync.`;
  const what = [fresh > 0 && `${figures(fresh)} new`, changed > 0 && `${figures(changed)} changed`];
  const records = listed(what.filter((w) => w !== false));
  return `${count}. ${records}${files ? `, and ${files}` : ''} at the last sync.`;
}

function kept(c: Connection): string {
  return c.records > 0
    ? `Your ${counted(c.records, 'record')} ${c.records === 1 ? 'stays' : 'stay'} here.`
    : '';
}

/** `Receipt today, 6:01 AM, 14 of 14 answered`; null where there was no sync yet. */
export function receiptWords(c: Connection, now: Date): string | null {
  const r = c.lastReceipt;
  if (!r) return null;
  if (r.finishedAt === null) return `Receipt so far, ${r.answeredInFull} of ${r.asked} answered`;
  return `Receipt ${nearMoment(r.finishedAt, now)}, ${r.answeredInFull} of ${r.asked} answered`;
}

/** Moving things first, then what needs the person, then the rest; within each as they were added. */
export function inOrder(connections: readonly Connection[]): Connection[] {
  return [...connections].sort(
    (a, b) => rank(a) - rank(b) || a.createdAt.localeCompare(b.createdAt),
  );
}

function rank({ state }: Connection): number {
  switch (state.kind) {
    case 'waiting':
    case 'syncing':
      return 0;
    case 'confirm':
    case 'authorising':
      return 1;
    case 'sign-in-again':
    case 'failed':
      return 2;
    case 'ready':
      return 3;
    case 'disconnected':
      return 4;
  }
}
