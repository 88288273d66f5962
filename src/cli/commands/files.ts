// Owns `import` and `export`: files into the record, and the record into files.

import { readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { listPeople } from '../../access/people.ts';
import { type Actor, mayOn } from '../../access/policy.ts';
import { CHART_QUEUE } from '../../chart/project.ts';
import type { App } from '../../http/app.ts';
import { importFhirFiles, patientsIn } from '../../imports/fhir-file/import.ts';
import { fileOnDisk } from '../../imports/fhir-file/read-file.ts';
import type { ImportPerson, ImportResult } from '../../imports/fhir-file/types.ts';
import { makeFolder } from '../../platform/folders.ts';
import { ChartfoldError } from '../../platform/errors.ts';
import { errorCatalogue } from '../../platform/error-catalogue.ts';
import { exportNdjson, exportRaw } from '../../sharing/export/export.ts';
import { peopleFor, personNamed } from '../person-named.ts';
import type { Verb } from '../verb.ts';

type ImportArgs = {
  /** Absolute paths. */
  files: string[];
  /** A name or id, `new`, `ask`, or absent: who this Patient already is, else `unknown`. */
  person?: string;
  /** What to do with a patient not known when no person is named. */
  unknown: 'ask' | 'new';
};

export const importFiles: Verb<ImportArgs> = {
  name: 'import',
  act: 'record.import',
  async *run(app, args, { actor, signal, tell }) {
    const files = args.files.map(fileOnDisk);
    const unknown = args.person === 'ask' ? 'ask' : args.unknown;
    const isOpen = args.person === undefined || args.person === 'ask';
    if (isOpen && unknown === 'ask') {
      const strangers = (await patientsIn(app.db, files)).filter((p) => p.knownAs === null);
      if (strangers.length) {
        const names = (await peopleFor(app.db, actor, 'record.import')).map((p) => p.name);
        yield {
          say: strangers
            .map((p) => `Not known here: ${p.name}, born ${p.birthDate ?? 'date not recorded'}.`)
            .join('\n'),
        };
        yield { ask: 'person', choices: ['new', ...names] };
        return;
      }
    }
    const person = await whose(app, actor, args, unknown);
    await tell(person.kind === 'named' ? person.id : null);
    const importing = importFhirFiles(app.db, {
      files,
      person,
      by: actor.account?.id ?? null,
      mayAddTo: (id) => mayOn(actor, 'record.import', id),
      now: app.clock.now(),
      signal,
    });
    const result = await importing.finally(() => chartAll(app));
    // Whose they are, only the files say where nobody was named.
    if (person.kind !== 'named') for (const { id } of result.people) await tell(id);
    yield { json: result, text: importText(result) };
    const refused = result.files.find((file) => file.refused !== null);
    if (refused?.refused) throw new ChartfoldError(refused.refused, { detail: refused.name });
  },
};

/** Whatever became of an import, the charts follow what it stored; where that is nothing, there is nothing to do. */
async function chartAll(app: App): Promise<void> {
  for (const { id } of await listPeople(app.db))
    await app.jobs.put({ queue: CHART_QUEUE, key: id, payload: { personId: id } });
}

type ExportArgs = { format: 'ndjson' | 'raw'; person?: string; out?: string };

export const exportRecord: Verb<ExportArgs> = {
  name: 'export',
  act: 'record.export',
  async *run(app, args, { actor, tell }) {
    const person = await exported(app, actor, args.person);
    for (const id of person ?? (await listPeople(app.db)).map((one) => one.id)) await tell(id);
    if (args.format === 'raw') {
      yield* exportRawFiles(app, person, args.out);
      return;
    }
    let lines: string[] = [];
    for await (const line of exportNdjson(app.db, person)) {
      lines.push(line);
      if (lines.length < LINES_AT_ONCE) continue;
      yield { data: lines.join('') };
      lines = [];
    }
    if (lines.length) yield { data: lines.join('') };
  },
};

/** Whose record is exported: the one named, else everyone's that the actor may export; null for all that is stored. */
async function exported(
  app: App,
  actor: Actor,
  wanted: string | undefined,
): Promise<readonly string[] | null> {
  if (wanted !== undefined) return [(await personNamed(app.db, actor, 'record.export', wanted)).id];
  if (actor.account === null) return null;
  return (await peopleFor(app.db, actor, 'record.export')).map((person) => person.id);
}

const LINES_AT_ONCE = 200;

async function* exportRawFiles(
  app: App,
  person: readonly string[] | null,
  out: string | undefined,
) {
  if (!out)
    throw new ChartfoldError('http.invalid_request', {
      detail: '--out names the folder to write into',
    });
  if ((await filesIn(out)).length)
    throw new ChartfoldError('export.target_not_empty', { detail: out });
  const apart = (person ?? (await listPeople(app.db))).length > 1;
  let count = 0;
  for await (const { path, content } of exportRaw(app.db, person, apart)) {
    await keepFile(join(out, path), content);
    count += 1;
  }
  yield { json: { files: count, folder: out }, text: `${count} files written to ${out}` };
}

/** What is in a folder; nothing when it is not there yet. @throws output.not_written when it is no folder */
async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw notWritten(folder, error);
  }
}

async function keepFile(file: string, content: string | AsyncIterable<Uint8Array>): Promise<void> {
  try {
    makeFolder(dirname(file));
    await writeFile(file, content, { mode: 0o600 });
  } catch (error) {
    throw notWritten(file, error);
  }
}

function notWritten(path: string, cause: unknown): ChartfoldError {
  const { code } = cause as NodeJS.ErrnoException;
  return new ChartfoldError('output.not_written', { detail: `${path}: ${code}`, cause });
}

async function whose(
  app: App,
  actor: Actor,
  args: ImportArgs,
  unknown: 'ask' | 'new',
): Promise<ImportPerson> {
  if (args.person === undefined || args.person === 'ask')
    return { kind: unknown === 'new' ? 'new' : 'auto' };
  if (args.person === 'new') return { kind: 'new' };
  return { kind: 'named', id: (await personNamed(app.db, actor, 'record.import', args.person)).id };
}

const LISTED_AT_MOST = 20;

function importText(result: ImportResult): string {
  const files = result.files.map((f) => {
    const became = f.refused
      ? `refused. ${errorCatalogue[f.refused].sentence}`
      : `${f.read} read, ${f.new} new, ${f.changed} changed, ${f.unchanged} unchanged, ${f.setAside.length} set aside`;
    const aside = f.setAside
      .slice(0, LISTED_AT_MOST)
      .map((s) => `  ${s.place}: set aside. ${errorCatalogue[s.code].sentence}`);
    const more = f.setAside.length - aside.length;
    const rest = more > 0 ? [`  and ${more} more, all listed with --json`] : [];
    return [`${f.name}: ${became}`, ...aside, ...rest].join('\n');
  });
  const sum = (pick: (f: ImportResult['files'][number]) => number) =>
    result.files.reduce((total, f) => total + pick(f), 0);
  const total = `In all ${sum((f) => f.read)} read, ${sum((f) => f.new)} new, ${sum((f) => f.changed)} changed, ${sum((f) => f.unchanged)} unchanged.`;
  const people = result.people.map((p) => `${p.isNew ? 'New here' : 'Known here'}: ${p.name}`);
  return [...files, total, ...people].join('\n');
}
