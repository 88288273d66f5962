// Owns how the servers that were added are shown to who looks after them.

import { accountNames } from '../../access/accounts.ts';
import type { Actor } from '../../access/policy.ts';
import { serversOf } from '../../connections/added-servers.ts';
import type { App } from '../app.ts';
import type { AddedServers } from '../contract.ts';

/** The servers that the actor may put right or remove. */
export async function presentServers({ db }: Pick<App, 'db'>, actor: Actor): Promise<AddedServers> {
  const names = await accountNames(db);
  return {
    servers: (await serversOf(db, actor)).map((server) => ({
      id: server.id,
      name: server.name,
      fhirBaseUrl: server.fhir_base_url,
      clientId: server.client_id,
      addedBy: server.added_by === null ? null : (names.get(server.added_by) ?? null),
      isOwn: server.added_by === (actor.account?.id ?? null),
      addedAt: server.added_at,
      connections: server.connections,
      hasOthers: server.hasOthers,
    })),
  };
}
