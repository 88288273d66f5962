// Owns what the contract suites share: an open store with a source and a run, and short ways to make
// resources. Imported by contracts and tests alone.

import type { Db, Store } from '../platform/db/db.ts';
import { prepare } from './body.ts';
import { commitPage } from './commit.ts';
import { questionsOf, startRun } from './runs.ts';
import { createSource } from './sources.ts';
import { textsOf } from './texts.ts';
import type { CommitPage, Counts, Incoming, Question, SourceId } from './types.ts';

/** Opens an empty store of the dialect under test, with the tables of records. */
export type OpenStore = () => Promise<Store>;

export const now = Date.UTC(2026, 10, 21, 12);
export const person = 'person-1';

/** A store with one source, one run and the questions `a` and `b`. */
export type Scene = {
  readonly store: Store;
  readonly db: Db;
  readonly source: SourceId;
  readonly run: string;
  /** Commits the next page of question `a`, unless told otherwise. */
  commit(resources: readonly Incoming[], more?: Partial<CommitPage>): Promise<Counts>;
  question(key?: string): Promise<Question>;
};

export async function openScene(open: OpenStore): Promise<Scene> {
  const store = await open();
  const { db } = store;
  const source = await createSource(db, { kind: 'portal', label: 'Clinic', sample: true, now });
  const run = await startRun(db, {
    source: source.id,
    person,
    trigger: 'first',
    scopesAsked: ['patient/*.read', 'openid'],
    scopesGranted: ['openid'],
    questions: ['a', 'b'].map((key) => ({
      key,
      label: `Question ${key}`,
      type: 'Observation',
      request: `Observation?patient=1&category=${key}`,
      why: 'required by the portal',
    })),
    now,
  });
  const question = async (key = 'a') => {
    const found = (await questionsOf(db, run.id)).find((one) => one.key === key);
    if (!found) throw new Error(`No question ${key}`);
    return found;
  };
  return {
    store,
    db,
    source: source.id,
    run: run.id,
    question,
    commit: async (resources, more = {}) =>
      commitPage(db, {
        run: run.id,
        question: 'a',
        page: (await question(more.question)).pages + 1,
        source: source.id,
        packs: await prepare(resources),
        setAside: [],
        volatilePaths: ['meta.lastUpdated'],
        finish: { next: null },
        now,
        ...more,
      }),
  };
}

/** An Observation of the person, with a text of its own unless one is given. */
export function observation(id: string, value: unknown = 1, raw?: string): Incoming {
  const text = raw ?? JSON.stringify({ resourceType: 'Observation', id, value });
  return { type: 'Observation', id, raw: text, person };
}

/** As many Observations, `o0`, `o1`, … */
export function observations(count: number, value: unknown = 1): Incoming[] {
  return Array.from({ length: count }, (_, n) => observation(`o${n}`, value));
}

/** A resource that its source shares. */
export function shared(type: string, id: string, reads: Incoming['readsShared'] = []): Incoming {
  const raw = JSON.stringify({ resourceType: type, id });
  return { type, id, raw, person: null, readsShared: reads };
}

export function counts(of: Partial<Counts>): Counts {
  const { new: born = 0, changed = 0, unchanged = 0, setAside = 0 } = of;
  return { received: born + changed + unchanged, new: born, changed, unchanged, setAside };
}

/** The exact texts of rows of a feed, in its order. */
export async function textsOfFeed(
  db: Db,
  rows: readonly { readonly seq: number }[],
): Promise<(string | undefined)[]> {
  const texts = await textsOf(
    db,
    rows.map(({ seq }) => seq),
  );
  return rows.map(({ seq }) => texts.get(seq));
}
