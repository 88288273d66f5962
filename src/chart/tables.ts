// Owns the shapes and migration of the chart: rows made from the raw records, dropped and made again at will.

import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { MigrationDb } from '../platform/db/migrate.ts';
import type { Flag, Kind } from './describe/described.ts';

declare module '../platform/db/db.ts' {
  interface Tables {
    chart_row: ChartRowTable;
    chart_result: ChartResultTable;
    chart_member: ChartMemberTable;
    chart_state: ChartStateTable;
  }
}

export type ChartRowTable = {
  person_id: string;
  resource_id: string;
  source_id: string;
  type: string;
  fhir_id: string;
  kind: Kind;
  /** `2026-11-17`, less precise, or null where no date was recorded. */
  day: string | null;
  /** The full time as it came. */
  at: string | null;
  /** The same in UTC, for the order within a day: sources write their times in zones of their own. */
  instant: string | null;
  title: string;
  note: string | null;
  value: string | null;
  unit: string | null;
  flag: Flag | null;
  clinician: string | null;
  entered_in_error: 0 | 1;
  amended: 0 | 1;
  /** Since when its portal reports it no longer. */
  gone_at: string | null;
  /** `Encounter/id` it says it belongs to. */
  visit_ref: string | null;
  /** What it is shown under, resolved: its visit of the same day, else its source. */
  group_key: string;
  /** The panel it is a part of; it is not a row of its own then. */
  panel_id: string | null;
};

export type ChartResultTable = {
  person_id: string;
  resource_id: string;
  analyte: string;
  name: string;
  code: string | null;
  category: 'laboratory' | 'vital-signs' | 'other';
  value: string;
  unit: string | null;
  flag: Flag | null;
  flag_by: 'source' | 'range' | null;
  range: string | null;
};

/** What a panel says it holds, as `Observation/id`. */
export type ChartMemberTable = {
  person_id: string;
  source_id: string;
  panel_id: string;
  member_ref: string;
};

/** How far a person's records have been read. */
export type ChartStateTable = { person_id: string; position: number };

export const chartMigrations: Record<string, Migration> = {
  '2026-11-21-chart-1': {
    async up(db) {
      const row = db.schema
        .createTable('chart_row')
        .addColumn('person_id', 'text', (c) => c.notNull())
        .addColumn('resource_id', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('chart_row_pk', ['person_id', 'resource_id']);
      const text = ['source_id', 'type', 'fhir_id', 'kind', 'title', 'group_key'] as const;
      const optional = [
        'day',
        'at',
        'note',
        'value',
        'unit',
        'flag',
        'clinician',
        'visit_ref',
        'panel_id',
      ] as const;
      const whole = text.reduce(
        (table, name) => table.addColumn(name, 'text', (c) => c.notNull()),
        row,
      );
      const withOptional = optional.reduce((table, name) => table.addColumn(name, 'text'), whole);
      await withOptional
        .addColumn('entered_in_error', 'integer', (c) => c.notNull())
        .addColumn('amended', 'integer', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('chart_row_day')
        .on('chart_row')
        .columns(['person_id', 'day'])
        .execute();
      await db.schema
        .createIndex('chart_row_ref')
        .on('chart_row')
        .columns(['person_id', 'source_id', 'type', 'fhir_id'])
        .execute();
      await db.schema
        .createIndex('chart_row_panel')
        .on('chart_row')
        .columns(['person_id', 'panel_id'])
        .execute();
      await db.schema
        .createTable('chart_result')
        .addColumn('person_id', 'text', (c) => c.notNull())
        .addColumn('resource_id', 'text', (c) => c.notNull())
        .addColumn('analyte', 'text', (c) => c.notNull())
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('code', 'text')
        .addColumn('category', 'text', (c) => c.notNull())
        .addColumn('value', 'text', (c) => c.notNull())
        .addColumn('unit', 'text')
        .addColumn('flag', 'text')
        .addColumn('flag_by', 'text')
        .addColumn('range', 'text')
        .addPrimaryKeyConstraint('chart_result_pk', ['person_id', 'resource_id'])
        .execute();
      await db.schema
        .createIndex('chart_result_analyte')
        .on('chart_result')
        .columns(['person_id', 'analyte'])
        .execute();
      await db.schema
        .createTable('chart_member')
        .addColumn('person_id', 'text', (c) => c.notNull())
        .addColumn('source_id', 'text', (c) => c.notNull())
        .addColumn('panel_id', 'text', (c) => c.notNull())
        .addColumn('member_ref', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('chart_member_pk', [
          'person_id',
          'source_id',
          'member_ref',
          'panel_id',
        ])
        .execute();
      await db.schema
        .createTable('chart_state')
        .addColumn('person_id', 'text', (c) => c.primaryKey())
        .addColumn('position', 'integer', (c) => c.notNull())
        .execute();
    },
  },
  // What stands there is dropped: it is made again from the raw records at the start.
  '2026-11-22-chart-2': {
    async up(db) {
      await db.schema.alterTable('chart_row').addColumn('instant', 'text').execute();
      await db.schema
        .createIndex('chart_row_group')
        .on('chart_row')
        .columns(['person_id', 'group_key'])
        .execute();
      await db.schema
        .createIndex('chart_member_panel')
        .on('chart_member')
        .columns(['person_id', 'panel_id'])
        .execute();
      await dropChart(db);
    },
  },
  // A chart that was stopped between its rows and their joining stood unjoined.
  '2026-11-23-chart-3': {
    async up(db) {
      await db.schema
        .createIndex('chart_row_visit')
        .on('chart_row')
        .columns(['person_id', 'source_id', 'visit_ref'])
        .where(sql.ref('visit_ref'), 'is not', null)
        .execute();
      await dropChart(db);
    },
  },
  '2026-11-24-chart-4': {
    async up(db) {
      await db.schema.alterTable('chart_row').addColumn('gone_at', 'text').execute();
    },
  },
  // Most rows are in no panel.
  '2026-11-26-chart-5': {
    async up(db) {
      await db.schema.dropIndex('chart_row_panel').execute();
      await db.schema
        .createIndex('chart_row_panel')
        .on('chart_row')
        .columns(['person_id', 'panel_id'])
        .where(sql.ref('panel_id'), 'is not', null)
        .execute();
    },
  },
  // Units are written as people do, and addresses on other hosts are references within their source.
  '2026-11-29-chart-6': { up: dropChart },
};

async function dropChart(db: MigrationDb): Promise<void> {
  for (const table of ['chart_row', 'chart_result', 'chart_member', 'chart_state'])
    await sql`delete from ${sql.table(table)}`.execute(db);
}
