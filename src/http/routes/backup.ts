// Owns the address that tells the owner how the backups stand.

import { backupStatus } from '../../sharing/backup/backups.ts';
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
      return { lastMade, provenAt, everyHours: api.app.config.backup.every };
    },
  );
}
