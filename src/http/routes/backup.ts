// Owns the address that tells the owner how the backups stand.

import { errorCatalogue } from '../../platform/error-catalogue.ts';
import { backupStatus, SCHEDULED_BACKUP } from '../../sharing/backup/backups.ts';
import { type Api, route } from '../api.ts';
import * as wire from '../contract.ts';

export function backupRoutes(api: Api): void {
  route(
    api,
    {
      method: 'get',
      path: '/api/backups',
      summary:
        'When the last backup was made, and when it was last proven that one can be restored',
      access: { act: 'instance.backup', audit: 'none' },
      reply: wire.backupState,
    },
    async () => {
      const { last, provenAt } = await backupStatus(api.app.db);
      const lastMade = last && {
        madeAt: last.made_at,
        bytes: last.bytes,
        fault: last.fault !== null,
      };
      const [failed] = await api.app.audit.lines({ about: SCHEDULED_BACKUP, limit: 1 });
      const why = failed?.detail.refused;
      const isSince = !last || (failed !== undefined && failed.at > last.made_at);
      const lastFailed =
        failed && why && isSince ? { at: failed.at, sentence: errorCatalogue[why].sentence } : null;
      const everyHours = api.app.config.backup.every;
      return { lastMade, lastFailed, provenAt, everyHours };
    },
  );
}
