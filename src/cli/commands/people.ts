// Owns `sign-in-link`, `people list` and `people add`.

import { createPerson } from '../../access/people.ts';
import { countResources } from '../../records/read.ts';
import { newSignInLink } from '../sign-in-link.ts';
import { peopleFor } from '../person-named.ts';
import type { Verb } from '../verb.ts';

export const signInLink: Verb<{ account?: string }> = {
  name: 'sign-in-link',
  act: 'accounts.manage',
  async *run(app, { account: wanted }, { actor }) {
    const { url, account } = await newSignInLink(app, wanted ?? actor.account?.name);
    yield { json: { url, account: account.name }, text: url };
    yield { say: `Signs in as ${account.name}. Good for 15 minutes, and for one sign-in.` };
  },
};

export const addPerson: Verb<{ name: string; birthDate?: string }> = {
  name: 'people-add',
  act: 'people.add',
  async *run(app, args, { actor }) {
    const made = await createPerson(app.db, {
      name: args.name,
      birthDate: args.birthDate ?? null,
      by: actor.account?.id ?? null,
      now: app.clock.now(),
    });
    yield { json: made, text: `${made.id}  ${made.name}` };
  },
};

export const people: Verb = {
  name: 'people',
  act: 'people.list',
  async *run(app, _args, { actor }) {
    const all = await Promise.all(
      (await peopleFor(app.db, actor, 'record.read')).map(async (p) => ({
        ...p,
        records: await countResources(app.db, p.id),
      })),
    );
    yield {
      json: all,
      text:
        all
          .map(
            (p) =>
              `${p.id}  ${p.name}, born ${p.birthDate ?? 'date not recorded'}, ${p.records} records${p.sample ? ', sample' : ''}`,
          )
          .join('\n') || 'Nobody yet.',
    };
  },
};
