// Owns the addresses of connections and their receipts.

import { listPeople } from '../../access/people.ts';
import { type Actor, mayOn, type RecordAct } from '../../access/policy.ts';
import { beginAgain, beginConnection } from '../../connections/begin.ts';
import { goOnWithParked } from '../../connections/callback.ts';
import { listClinics } from '../../connections/clinics.ts';
import { confirmPatient, rejectPatient } from '../../connections/confirm.ts';
import { getConnection, listConnections } from '../../connections/context.ts';
import { disconnect } from '../../connections/disconnect.ts';
import { queueSync } from '../../connections/queue-sync.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { notesOf } from '../../portals/registry.ts';
import { cancelSync } from '../../sync/cancel.ts';
import { chooseSchedule } from '../../sync/scheduler.ts';
import { disconnectAndDelete } from '../../sync/delete.ts';
import { readReceipt } from '../../records/runs.ts';
import { type Access, type Api, parameter, route } from '../api.ts';
import type { App } from '../app.ts';
import * as wire from '../contract.ts';
import {
  presentConnections,
  presentOne,
  presentReceipts,
  seesConnection,
} from '../present/overview.ts';
import { readReceiptFor } from '../present/receipt.ts';

/** A route's subject: whose record the connection of its path fills. */
const ofConnection: Extract<Access, { of: unknown }>['of'] = async (app, c) => {
  const { person_id, begun_by } = await getConnection(app.db, parameter(c, 'id'));
  return { personId: person_id, begunBy: begun_by };
};
/** A route's subject: whose record the sync of its path filled. */
const ofReceipt: typeof ofConnection = async (app, c) => {
  const receipt = await readReceipt(app.db, parameter(c, 'id'));
  if (!receipt) throw new ChartfoldError('record.not_found');
  const { person_id, begun_by } = await getConnection(app.db, receipt.run.source);
  return { personId: person_id, begunBy: begun_by };
};
const on = (act: RecordAct, audit: 'read' | 'act' | 'none') =>
  ({ act, audit, of: ofConnection, missing: 'connection.not_found' }) as const;

export function connectionRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'get',
      path: '/api/clinics',
      summary: 'The clinics that can be connected',
      access: { act: 'portals.list', audit: 'none' },
      reply: wire.clinics,
    },
    (_c, _body, { actor }) => presentClinics(app, actor),
  );
  route(
    api,
    {
      method: 'get',
      path: '/api/connections',
      summary: 'All connections with their states',
      access: { act: 'connections.list', audit: 'none' },
      reply: wire.connections,
    },
    (_c, _body, { actor }) => presentConnections(app, actor),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections',
      summary: 'Begin to connect a clinic',
      access: { act: 'connections.begin', audit: 'act' },
      body: wire.connectRequest,
      reply: wire.connectReply,
    },
    async (_c, body, { also, session }) => {
      if (body.personId !== null) await also('record.connect', body.personId);
      return beginConnection(app, {
        by: session.accountId,
        portal: body.portal,
        clinicId: body.clinicId,
        personId: body.personId,
        via: 'app',
        confirms: false,
        key: body.key ?? null,
      });
    },
  );
  route(
    api,
    {
      method: 'get',
      path: '/api/connections/{id}',
      summary: 'One connection',
      access: on('record.receipts', 'none'),
      reply: wire.connection,
    },
    (c, _body, { actor }) => presentOne(app, actor, parameter(c, 'id')),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/confirm',
      summary:
        'Say that the patient is the right one; answers with the connection that the patient has now',
      access: on('record.connect', 'act'),
      body: wire.confirmRequest,
      reply: wire.connection,
    },
    async (c, body, { actor, also }) => {
      if (body.personId !== null) await also('record.connect', body.personId);
      const landed = await confirmPatient(app, parameter(c, 'id'), body);
      return presentOne(app, actor, landed);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/reject',
      summary: 'Say that the patient is not the right one, or give up a sign-in',
      access: on('record.connect', 'act'),
      reply: wire.done,
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
      access: on('record.sync', 'act'),
      reply: wire.connection,
    },
    async (c, _body, { actor }) => {
      await queueSync(app, parameter(c, 'id'));
      return presentOne(app, actor, parameter(c, 'id'));
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/disconnect',
      summary: 'End a connection, keeping its record',
      access: on('record.disconnect', 'act'),
      reply: wire.connection,
    },
    async (c, _body, { actor }) => {
      await disconnect(app, parameter(c, 'id'));
      return presentOne(app, actor, parameter(c, 'id'));
    },
  );
  route(
    api,
    {
      method: 'delete',
      path: '/api/connections/{id}',
      summary: 'End a connection and delete all that came through it',
      access: on('record.delete', 'act'),
      reply: wire.done,
    },
    async (c) => {
      await disconnectAndDelete(app, parameter(c, 'id'));
      return { done: true as const };
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/reconnect',
      summary: 'Sign in at the portal again',
      access: on('record.connect', 'act'),
      reply: wire.connectReply,
    },
    (c, _body, { session }) => beginAgain(app, parameter(c, 'id'), session.accountId),
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/go-on',
      summary: 'Go on with a sign-in at the portal that came back while nobody was signed in here',
      access: on('record.connect', 'act'),
      reply: wire.connection,
    },
    async (c, _body, { actor, session }) => {
      const id = parameter(c, 'id');
      const { connectionId } = await goOnWithParked(app, app.refresher, id, session.accountId);
      return presentOne(app, actor, connectionId);
    },
  );
  route(
    api,
    {
      method: 'post',
      path: '/api/sync',
      summary: 'Sync every connection that is ready',
      access: { act: 'connections.sync', audit: 'act' },
      reply: wire.connections,
    },
    async (_c, _body, { actor, also }) => {
      for (const { id, person_id, status } of await listConnections(app.db)) {
        const mine = person_id !== null && mayOn(actor, 'record.sync', person_id);
        if (!mine || status !== 'ready') continue;
        await also('record.sync', person_id);
        await queueSync(app, id);
      }
      return presentConnections(app, actor);
    },
  );
  scheduleRoutes(api);
  receiptRoutes(api);
}

function scheduleRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'post',
      path: '/api/connections/{id}/cancel',
      summary: 'Stop a sync that waits or runs, keeping what came',
      access: on('record.cancel', 'act'),
      reply: wire.connection,
    },
    async (c, _body, { actor }) => {
      await cancelSync(app, parameter(c, 'id'));
      return presentOne(app, actor, parameter(c, 'id'));
    },
  );
  route(
    api,
    {
      method: 'put',
      path: '/api/connections/{id}/schedule',
      summary: 'Choose how often a connection is synced by itself, and in which hours it is not',
      access: on('record.schedule', 'act'),
      body: wire.scheduleRequest,
      reply: wire.connection,
    },
    async (c, body, { actor }) => {
      await chooseSchedule(app, parameter(c, 'id'), body);
      return presentOne(app, actor, parameter(c, 'id'));
    },
  );
}

function receiptRoutes(api: Api): void {
  const { app } = api;
  route(
    api,
    {
      method: 'get',
      path: '/api/connections/{id}/receipts',
      summary: 'The receipts of a connection, latest first',
      access: on('record.receipts', 'read'),
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
      access: { ...on('record.receipts', 'read'), of: ofReceipt, missing: 'record.not_found' },
      reply: wire.receipt,
    },
    (c) => readReceiptFor(app, parameter(c, 'id')),
  );
}

async function presentClinics(app: App, actor: Actor): Promise<{ clinics: wire.Clinic[] }> {
  const [choices, all, people] = await Promise.all([
    listClinics(app),
    listConnections(app.db),
    listPeople(app.db),
  ]);
  const connections = all.filter((one) => seesConnection(actor, one));
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
      notes: notesOf(entry),
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
