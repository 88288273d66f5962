// Owns the addresses of the readable record. Filters travel in bodies, never in an address.

import { z } from 'zod';
import { getPerson } from '../../access/people.ts';
import { listConnections } from '../../connections/context.ts';
import { readHistory, readResults } from '../../chart/results/results.ts';
import { readSheet } from '../../chart/sheet.ts';
import { timelineDays, timelineIndex } from '../../chart/timeline/timeline.ts';
import { countResources, rawOf, readResource } from '../../records/read.ts';
import { listSources } from '../../records/sources.ts';
import type { Source } from '../../records/types.ts';
import { type Api, type ApiContext, describeAnswer, parameter, route } from '../api.ts';
import type { App } from '../app.ts';
import * as wire from '../contract.ts';
import { markOf } from '../present/connection.ts';
import { indexOf } from '../present/overview.ts';

type WireSource = { id: string; name: string; mark: wire.SourceMark };

export function chartRoutes(api: Api, app: App): void {
  const person = async (c: ApiContext) => (await getPerson(app.db, parameter(c, 'person'))).id;

  route(
    api,
    {
      method: 'post',
      path: '/api/people/{person}/timeline',
      summary: 'The timeline as an index of days',
      body: wire.timelineIndexRequest,
      reply: wire.timelineIndex,
    },
    async (c, body) => {
      const id = await person(c);
      const [index, sources, records] = await Promise.all([
        timelineIndex(app.db, id, body.filter),
        sourcesById(app),
        countResources(app.db, id),
      ]);
      return {
        ...index,
        records,
        sources: index.sources.map((s) => ({ ...sourceOf(sources, s.id), count: s.count })),
      };
    },
  );

  route(
    api,
    {
      method: 'post',
      path: '/api/people/{person}/timeline/days',
      summary: 'Some days of the timeline',
      body: wire.timelineDaysRequest,
      reply: wire.timelineDays,
    },
    async (c, body) => {
      const id = await person(c);
      const [days, sources] = await Promise.all([
        timelineDays(app.db, id, body.days, body.filter),
        sourcesById(app),
      ]);
      return {
        days: days.map((d) => ({
          day: d.day,
          groups: d.groups.map((g) => ({ ...g, source: sourceOf(sources, g.source) })),
        })),
      };
    },
  );

  route(
    api,
    {
      method: 'get',
      path: '/api/people/{person}/results',
      summary: 'The latest value of each analyte',
      reply: wire.results,
    },
    async (c) => {
      const id = await person(c);
      const [results, sources] = await Promise.all([readResults(app.db, id), sourcesById(app)]);
      const panels = results.panels.map((p) => ({
        name: p.name,
        rows: p.rows.map((r) => ({ ...r, sources: r.sources.map((s) => sourceOf(sources, s)) })),
      }));
      const rows = panels.flatMap((p) => p.rows);
      const used = new Map(rows.flatMap((r) => r.sources.map((s) => [s.id, s])));
      return {
        analytes: results.analytes,
        results: results.results,
        outside: rows.filter((r) => r.latest.flag).length,
        panels,
        sources: [...used.values()],
      };
    },
  );

  route(
    api,
    {
      method: 'get',
      path: '/api/people/{person}/results/{key}',
      summary: 'Every value of one analyte',
      reply: wire.resultHistory,
    },
    async (c) => {
      const id = await person(c);
      const [history, sources] = await Promise.all([
        readHistory(app.db, id, parameter(c, 'key')),
        sourcesById(app),
      ]);
      return {
        ...history,
        values: history.values.map((v) => ({ ...v, source: sourceOf(sources, v.source) })),
      };
    },
  );

  route(
    api,
    {
      method: 'get',
      path: '/api/people/{person}/records/{record}',
      summary: 'One record',
      reply: wire.record,
    },
    async (c) => {
      const [sheet, sources] = await Promise.all([
        readSheet(app.db, await person(c), parameter(c, 'record')),
        sourcesById(app),
      ]);
      const { runId, ...rest } = sheet;
      return {
        ...rest,
        source: { ...sourceOf(sources, sheet.source.id), sample: sheet.source.sample },
        // A file that was imported has no receipt.
        receiptId: sheet.source.kind === 'portal' ? runId : null,
      };
    },
  );

  describeAnswer(api, {
    path: '/api/people/{person}/records/{record}/raw',
    summary: 'The text of a record as it came, character for character',
    type: 'text/plain',
    schema: z.string(),
  });
  api.get('/api/people/:person/records/:record/raw', async (c) => {
    const resource = await readResource(app.db, c.req.param('record'), await person(c));
    return c.text(await rawOf(app.db, resource.currentSeq));
  });
}

type Sources = ReadonlyMap<string, WireSource>;

/** Every source with its mark: a portal's by its place among its person's, what was added by the person a plus. */
async function sourcesById(app: App): Promise<Sources> {
  const [sources, connections] = await Promise.all([listSources(app.db), listConnections(app.db)]);
  return new Map(
    sources.map((source: Source) => {
      const connection = connections.find((c) => c.id === source.id);
      const mark = connection ? markOf(indexOf(connection, connections)) : 'plus';
      return [source.id, { id: source.id, name: connection?.clinic_name ?? source.label, mark }];
    }),
  );
}

function sourceOf(sources: Sources, id: string): WireSource {
  return sources.get(id) ?? { id, name: 'Removed source', mark: 'plus' };
}
