// Owns `rebuild`: the chart dropped and made again from the raw records.

import { listPeople } from '../../access/people.ts';
import { rebuildPerson } from '../../chart/project.ts';
import type { Verb } from '../verb.ts';

export const rebuild: Verb = {
  name: 'rebuild',
  async *run(app) {
    for (const { id, name } of await listPeople(app.db)) {
      const versions = await rebuildPerson(app.db, id);
      app.changes.tell({ chartOf: id });
      yield {
        json: { person: id, versions },
        text: `${name}: made again from ${versions} versions`,
      };
    }
  },
};
