// Owns `verify`: looks for damage in the whole store, and names each fault by its place.

import { ChartfoldError } from '../../platform/errors.ts';
import type { Verb } from '../verb.ts';

export const verify: Verb<{ readonly checkpoints?: readonly string[] }> = {
  name: 'verify',
  act: 'instance.audit',
  async *run(app, { checkpoints = [] }) {
    const { faults, versions, attachments, auditLines, sealed } =
      await app.backups.verify(checkpoints);
    const looked = `${versions} versions of records, ${attachments} files of records, ${auditLines} lines of audit, ${sealed} sealed values`;
    yield {
      json: { versions, attachments, auditLines, sealed, faults },
      text:
        faults.length === 0
          ? `Nothing is damaged: ${looked}.`
          : faults.map(({ place, what }) => `${place}: ${what}`).join('\n'),
    };
    if (faults.length > 0)
      throw new ChartfoldError('store.damage_found', {
        detail: `${faults.length} ${faults.length === 1 ? 'place' : 'places'}`,
      });
  },
};
