// Owns the addresses of connections and their receipts.

import { z } from 'zod';
import { listPeople } from '../../access/people.ts';
import { beginAgain, beginConnection } from '../../connections/begin.ts';
import { listClinics } from '../../connections/clinics.ts';
import { confirmPatient, rejectPatient } from '../../connections/confirm.ts';
import { listConnections } from '../../connections/context.ts';
import { disconnect } from '../../connections/disconnect.ts';
import { queueSync } from '../../connections/queue-sync.ts';
import { type Api, parameter, route } from '../api.ts';
import type { App } from '../app.ts';
import * as wire from '../contract.ts';
import { presentConnections, presentOne, presentReceipts } from '../present/overview.ts';
import { readReceiptFor } from '../present/receipt.ts';

const done = z.object({ done: z.literal(true) });

export function connectionRoutes(api: Api, app: App): void {
  route(
    api,
    {
      method: 'get',
      path: '/api/clinics',
      summary: 'The clinics that can be connected',
      reply: wire.clinics,
    },
    () => presentClinics(app),
  );
  route(
    api,
    {
      method: 'get',
      path: '/api/connections',
      summary: 'All connections with their states',
      reply: wire.connections,
    },
    () => presentConnections(app),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections',
      summary: 'Begin to connect a clinic',
      body: wire.connectRequest,
      reply: wire.connectReply,
    },
    (_c, body) =>
      beginConnection(app, {
        portal: body.portal,
        clinicId: body.clinicId,
        personId: body.personId,
        via: 'app',
        confirms: false,
        key: body.key ?? null,
      }),
  );
  route(
    api,
    {
      method: 'get',
      path: '/api/connections/{id}',
      summary: 'One connection',
      reply: wire.connection,
    },
    (c) => presentOne(app, parameter(c, 'id')),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/confirm',
      summary:
        'Say that the patient is the right one; answers with the connection that the patient has now',
      body: wire.confirmRequest,
      reply: wire.connection,
    },
    async (c, body) => {
      const landed = await confirmPatient(app, parameter(c, 'id'), body);
      return presentOne(app, landed);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/reject',
      summary: 'Say that the patient is not the right one, or give up a sign-in',
      reply: done,
    },
    async (c) => {
      await rejectPatient(app, parameter(c, 'id'));
      return { done: true as const };
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/sync',
      summary: 'Sync now',
      reply: wire.connection,
    },
    async (c) => {
      await queueSync(app, parameter(c, 'id'));
      return presentOne(app, parameter(c, 'id'));
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/disconnect',
      summary: 'End a connection, keeping its record',
      reply: wire.connection,
    },
    async (c) => {
      await disconnect(app, parameter(c, 'id'));
      return presentOne(app, parameter(c, 'id'));
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/reconnect',
      summary: 'Sign in at the portal again',
      reply: wire.connectReply,
    },
    (c) => beginAgain(app, parameter(c, 'id')),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/sync',
      summary: 'Sync every connection that is ready',
      reply: wire.connections,
    },
    async () => {
      for (const connection of await listConnections(app.db)) {
        if (connection.status === 'ready') await queueSync(app, connection.id);
      }
      return presentConnections(app);
    },
  );
  receiptRoutes(api, app);
}

function receiptRoutes(api: Api, app: App): void {
  route(
    api,
    {
      method: 'get',
      path: '/api/connections/{id}/receipts',
      summary: 'The receipts of a connection, latest first',
      reply: wire.receipts,
    },
    (c) => presentReceipts(app, parameter(c, 'id')),
  );
  route(
    api,
    {
      method: 'get',
      path: '/api/receipts/{id}',
      summary: 'What a sync asked and what came',
      reply: wire.receipt,
    },
    (c) => readReceiptFor(app, parameter(c, 'id')),
  );
}

async function presentClinics(app: App): Promise<{ clinics: wire.Clinic[] }> {
  const [choices, connections, people] = await Promise.all([
    listClinics(app),
    listConnections(app.db),
    listPeople(app.db),
  ]);
  const nameOf = (id: string | null) => people.find((person) => person.id === id)?.name ?? '';
  return {
    clinics: choices.map(({ entry, clinic }) => ({
      portal: entry.key,
      portalName: entry.name,
      environment: entry.environment,
      clinicId: clinic.id,
      name: clinic.name,
      town: clinic.town,
      sample: entry.simulated,
      notes: [...entry.vendor.portal.notes],
      questions:
        entry.vendor.portal.questions.length + entry.vendor.portal.referenced.questions.length,
      connected: connections
        .filter(
          (c) =>
            c.portal === entry.key &&
            c.clinic_id === clinic.id &&
            (c.status === 'ready' || c.status === 'sign-in-again'),
        )
        .map((c) => ({ connectionId: c.id, personName: nameOf(c.person_id) })),
    })),
  };
}
