// Owns the addresses of the readable record. Filters travel in bodies, never in an address.

import { z } from 'zod';
import { readHistory, readResults } from '../../chart/results/results.ts';
import { readRawText, readSheet } from '../../chart/sheet.ts';
import { timelineDays, timelineIndex } from '../../chart/timeline/timeline.ts';
import { countResources } from '../../records/read.ts';
import { answerRoute, type Api, parameter, route } from '../api.ts';
import * as wire from '../contract.ts';
import { presentAttachment } from '../present/attachment.ts';
import { sourceOf, sourcesById } from '../present/sources.ts';
import { ofPerson } from './people.ts';

const access = {
  act: 'record.read',
  audit: 'read',
  of: ofPerson,
  missing: 'person.not_found',
} as const;

export function chartRoutes(api: Api): void {
  const { app } = api;

  route(
    api,
    {
      method: 'post',
      path: '/api/people/{person}/timeline',
      summary: 'The timeline as an index of days',
      access,
      body: wire.timelineIndexRequest,
      reply: wire.timelineIndex,
    },
    async (_c, body, { personId, sight }) => {
      const [index, sources, records] = await Promise.all([
        timelineIndex(app.db, personId, body.filter, sight),
        sourcesById(app),
        sight === 'all' ? countResources(app.db, personId) : null,
      ]);
      return {
        ...index,
        records: records ?? index.kinds.reduce((sum, kind) => sum + kind.count, 0),
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
      access,
      body: wire.timelineDaysRequest,
      reply: wire.timelineDays,
    },
    async (_c, body, { personId, sight, saw }) => {
      const [days, sources] = await Promise.all([
        timelineDays(app.db, personId, body.days, body.filter, sight),
        sourcesById(app),
      ]);
      saw(countKinds(days));
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
      access,
      reply: wire.results,
    },
    async (_c, _body, { personId, sight, saw }) => {
      const [results, sources] = await Promise.all([
        readResults(app.db, personId, sight),
        sourcesById(app),
      ]);
      saw({ result: results.analytes });
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
      access,
      reply: wire.resultHistory,
    },
    async (c, _body, { personId, sight, saw }) => {
      const [history, sources] = await Promise.all([
        readHistory(app.db, personId, parameter(c, 'key'), sight),
        sourcesById(app),
      ]);
      saw({ result: history.values.length });
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
      access,
      reply: wire.record,
    },
    async (c, _body, { personId, sight, saw }) => {
      const [sheet, sources] = await Promise.all([
        readSheet(app.db, personId, parameter(c, 'record'), sight),
        sourcesById(app),
      ]);
      saw({ [sheet.kind]: 1 });
      const { runId, ...rest } = sheet;
      return {
        ...rest,
        attachments: sheet.attachments.map(presentAttachment),
        source: { ...sourceOf(sources, sheet.source.id), sample: sheet.source.sample },
        // A file that was imported has no receipt.
        receiptId: sheet.source.kind === 'portal' ? runId : null,
      };
    },
  );

  answerRoute(
    api,
    {
      path: '/api/people/{person}/records/{record}/raw',
      summary: 'The text of a record as it came, character for character',
      access,
      type: 'text/plain',
      reply: z.string(),
    },
    async (c, { personId, sight, saw }) => {
      const { text } = await readRawText(app.db, personId, parameter(c, 'record'), sight);
      saw({ raw: 1 });
      return c.text(text);
    },
  );
}

/** How many rows of each kind some days show. */
function countKinds(days: Awaited<ReturnType<typeof timelineDays>>): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const group of days.flatMap((day) => day.groups)) {
    for (const { kind } of group.rows) kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (group.visit) kinds.visit = (kinds.visit ?? 0) + 1;
  }
  return kinds;
}
