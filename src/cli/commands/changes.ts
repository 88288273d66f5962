// Owns `changes`: what changed in a record, with the last syncs or since an account's last visit.

import { type Actor, allowOn } from '../../access/policy.ts';
import type { Person } from '../../access/people.ts';
import type { App } from '../../http/app.ts';
import {
  type ChangeRow,
  type Changes,
  changesQuery,
  type ChangeTally,
} from '../../http/contract.ts';
import { presentChanges } from '../../http/present/changes.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { peopleFor, personNamed } from '../person-named.ts';
import type { Verb } from '../verb.ts';

type Args = { person?: string; since?: string; connection?: string; receipt?: string };

export const changes: Verb<Args> = {
  name: 'changes',
  act: 'record.read',
  async *run(app, { person: wanted, ...given }, { actor, tell }) {
    const person = await whose(app, actor, wanted);
    const sight = allowOn(actor, 'record.read', person.id);
    const query = changesQuery.safeParse({ since: 'sync', ...given });
    if (!query.success) throw new ChartfoldError('http.invalid_request', { detail: '--since' });
    await tell(person.id);
    const accountId = actor.account?.id ?? null;
    const asked = { ...query.data, personId: person.id, sight, accountId };
    const first = await presentChanges(app, asked);
    yield { json: first, text: [sumText(first, person.name), ...rowTexts(first)].join('\n') };
    for (let after = first.next; after !== null; ) {
      const page = await presentChanges(app, { ...asked, after });
      yield { json: page, text: rowTexts(page).join('\n') };
      after = page.next;
    }
  },
};

async function whose(app: App, actor: Actor, wanted: string | undefined): Promise<Person> {
  if (wanted !== undefined) return personNamed(app.db, actor, 'record.read', wanted);
  const [only, ...others] = await peopleFor(app.db, actor, 'record.read');
  if (others.length > 0) throw new ChartfoldError('person.ambiguous');
  if (!only) throw new ChartfoldError('person.not_found');
  return only;
}

const sinceWords: { readonly [by in Changes['since']['by']]: string } = {
  visit: 'Since the last visit',
  sync: 'With the last sync',
  receipt: 'With this sync',
};

function sumText(c: Changes, name: string): string {
  const { by, at } = c.since;
  const when = at ?? (by === 'receipt' ? 'it has not ended' : 'there was none');
  const kinds = c.kinds.map((one) => `${one.kind} ${total(one)}`).join(', ');
  return [
    `${sinceWords[by]} (${when}), ${name}: ${tallyText(c.sum)}${kinds ? `: ${kinds}` : ''}.`,
    ...c.first.map(
      (one) => `First received from ${one.source.name}: ${one.records} records, ${one.at}.`,
    ),
    ...(total(c.background) > 0
      ? [`Beside these, of people and places: ${tallyText(c.background)}.`]
      : []),
    ...(c.isWhole ? [] : ['The chart is still being made of what came; more follows.']),
  ].join('\n');
}

function tallyText(tally: ChangeTally): string {
  const parts = [
    tally.new > 0 && `${tally.new} new`,
    tally.changed > 0 && `${tally.changed} changed`,
    tally.gone > 0 && `${tally.gone} no longer reported`,
    tally.back > 0 && `${tally.back} reported again`,
  ].filter((part) => part !== false);
  return parts.join(', ') || 'nothing changed';
}

function total({ new: fresh, changed, gone, back }: ChangeTally): number {
  return fresh + changed + gone + back;
}

const changeWords: { readonly [change in ChangeRow['change']]: string } = {
  new: 'new',
  changed: 'changed',
  gone: 'no longer reported',
  back: 'reported again',
};

function rowTexts({ rows }: Changes): string[] {
  return rows.flatMap((row) => [
    `  ${changeWords[row.change].padEnd(20)}${(row.day ?? 'no date').padEnd(12)}${row.title}${valueText(row)}  [${row.source.name}]`,
    ...row.differences.map(
      ({ label, before, after, isSameValue }) =>
        `  ${''.padEnd(32)}${label}: ${before ?? 'none'} → ${after ?? 'none'}${isSameValue ? ' (the same value)' : ''}`,
    ),
  ]);
}

function valueText({ value, unit }: ChangeRow): string {
  return value === null ? '' : `, ${[value, unit].filter(Boolean).join(' ')}`;
}
