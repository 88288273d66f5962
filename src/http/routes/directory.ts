// Owns the addresses of the clinic directory: searching it, how its lists stand, fetching them.

import { DIRECTORY_QUEUE } from '../../connections/context.ts';
import { type Api, route } from '../api.ts';
import * as wire from '../contract.ts';
import { presentClinics, presentDirectory } from '../present/directory.ts';

const access = { act: 'portals.list', audit: 'none' } as const;

export function directoryRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'post',
      path: '/api/clinics/search',
      summary: 'The clinics that can be connected, by name, town, state or postal code',
      access,
      body: wire.clinicSearch,
      reply: wire.clinics,
    },
    (_c, { typed }, { actor }) => presentClinics(app, actor, typed),
  );
  route(
    api,
    {
      method: 'get',
      path: '/api/directory',
      summary: 'The lists of clinics: which there are, how old, and which could be fetched',
      access,
      reply: wire.directory,
    },
    () => presentDirectory(app),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/directory/update',
      summary: 'Fetch the lists of clinics of every portal that is on',
      access: { act: 'directory.update', audit: 'act' },
      reply: wire.directory,
    },
    async () => {
      for (const { key } of app.directory.offered())
        await app.jobs.put({ queue: DIRECTORY_QUEUE, key, payload: { portal: key } });
      return presentDirectory(app);
    },
  );
}
