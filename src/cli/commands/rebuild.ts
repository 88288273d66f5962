// Owns `rebuild`: the chart dropped and made again from the raw records.

import { listPeople } from '../../access/people.ts';
import { rebuildPerson } from '../../chart/project.ts';
import { mayOn } from '../../access/policy.ts';
import type { Verb } from '../verb.ts';

export const rebuild: Verb = {
  name: 'rebuild',
  act: 'instance.rebuild',
  async *run(app, _args, { actor }) {
    for (const { id, name } of await listPeople(app.db)) {
      const versions = await rebuildPerson(app.db, id);
      app.changes.tell({ chartOf: id });
      // Who may rebuild may not for that read: of others' records only the count is told.
      const isSeen = mayOn(actor, 'record.read', id);
      yield {
        json: { person: isSeen ? id : null, versions },
        text: `${isSeen ? name : 'A record'}: made again from ${versions} versions`,
      };
    }
  },
};
