// Owns what a source of records is called on the wire, and by which mark it is known.

import { listConnections } from '../../connections/context.ts';
import { listSources } from '../../records/sources.ts';
import type { App } from '../app.ts';
import type { SourceMark } from '../contract.ts';
import { markOf } from './connection.ts';
import { indexOf } from './overview.ts';

export type WireSource = { id: string; name: string; mark: SourceMark };
export type Sources = ReadonlyMap<string, WireSource>;

/** Every source with its mark: a portal's by its place among its person's, what was added by the person a plus. */
export async function sourcesById(app: Pick<App, 'db'>): Promise<Sources> {
  const [sources, connections] = await Promise.all([listSources(app.db), listConnections(app.db)]);
  return new Map(
    sources.map((source) => {
      const connection = connections.find((c) => c.id === source.id);
      const mark = connection ? markOf(indexOf(connection, connections)) : 'plus';
      return [source.id, { id: source.id, name: connection?.clinic_name ?? source.label, mark }];
    }),
  );
}

export function sourceOf(sources: Sources, id: string): WireSource {
  return sources.get(id) ?? { id, name: 'Removed source', mark: 'plus' };
}
