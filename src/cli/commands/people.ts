// Owns `sign-in-link`, `people list` and `people add`.

import { newOwnerLink } from '../owner-link.ts';
import { createPerson } from '../../access/people.ts';
import { parseFhirDate } from '../../fhir/dates.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { countResources } from '../../records/read.ts';
import { peopleFor } from '../person-named.ts';
import type { Verb } from '../verb.ts';

export const signInLink: Verb = {
  name: 'sign-in-link',
  act: 'accounts.manage',
  async *run(app) {
    const url = await newOwnerLink(app);
    yield { json: { url }, text: url };
    yield { say: 'Good for 15 minutes, and for one sign-in.' };
  },
};

export const addPerson: Verb<{ name: string; birthDate?: string }> = {
  name: 'people-add',
  act: 'people.add',
  async *run(app, args, { actor }) {
    const name = args.name?.trim();
    const born = parseFhirDate(args.birthDate);
    const isDate = args.birthDate === undefined || born?.text.length === 10;
    if (!name || !isDate)
      throw new ChartfoldError('http.invalid_request', {
        detail: name ? '--birth-date is a day as YYYY-MM-DD' : 'say the name of the person',
      });
    const made = await createPerson(app.db, {
      name,
      birthDate: born?.text ?? null,
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
