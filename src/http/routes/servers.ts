// Owns the addresses by which a server is looked at and added.

import { removableServer, removeServer } from '../../connections/added-servers.ts';
import { addServer, lookAtServer } from '../../connections/servers.ts';
import { jwksPath } from '../../keys/keyring.ts';
import { openVendor } from '../../portals/index.ts';
import { type Api, route } from '../api.ts';
import * as wire from '../contract.ts';
import { presentServers } from '../present/servers.ts';

export function serverRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'get',
      path: '/api/servers',
      summary: 'The servers added by their address that the account looks after',
      access: { act: 'portals.list', audit: 'none' },
      reply: wire.addedServers,
    },
    (_c, _body, { actor }) => presentServers(app, actor),
  );
  route(
    api,
    {
      method: 'delete',
      path: '/api/servers/{id}',
      summary: 'Remove a server that was added, where no connection uses it',
      access: { act: 'portals.remove', audit: 'told' },
      reply: wire.addedServers,
    },
    async (c, _body, { actor, tell }) => {
      const server = await removableServer(app.db, actor, ({ id }) => id === c.req.param('id'));
      await tell({ what: server.id });
      await removeServer(app, server);
      return presentServers(app, actor);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/servers/look',
      summary: 'What a server at an address says of itself',
      access: { act: 'portals.add', audit: 'none' },
      body: wire.serverLook,
      reply: wire.serverFound,
    },
    async (_c, { address }) => {
      const { auth, brandBundle: _, ...found } = await lookAtServer(app, address);
      return {
        ...found,
        auth: [...auth],
        redirectUri: `${app.publicUrl}${openVendor.portal.callbackPath}`,
        jwksUrl: app.config.jwksUrl ?? `${app.publicUrl}${jwksPath('production')}`,
      };
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/servers',
      summary: 'Add a server by its address',
      access: { act: 'portals.add', audit: 'act' },
      body: wire.serverAdd,
      reply: wire.serverAdded,
    },
    async (_c, body, { session }) => ({
      portal: await addServer(app, { ...body, by: session.accountId }),
    }),
  );
}
