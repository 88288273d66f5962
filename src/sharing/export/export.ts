// Owns writing a person's record, or everything, out as it came: NDJSON with the tokens of each resource, or one file
// a resource with its exact characters. Reads records/, never the chart.

import { filesOfRecord } from '../../chart/attachment.ts';
import { endingOf } from '../../fhir/attachments.ts';
import { joinTokens } from '../../fhir/tokens.ts';
import type { Db } from '../../platform/db/db.ts';
import { listCurrent } from '../../records/read.ts';
import type { PersonId } from '../../records/types.ts';

/**
 * The current version of everything some people read, or with null of all that is stored, each once; one resource a
 * line with its line end: tokens as they came, only the white space between them taken out.
 */
export async function* exportNdjson(
  db: Db,
  people: readonly PersonId[] | null,
): AsyncGenerator<string> {
  for await (const row of listCurrent(db, people)) yield `${joinTokens(row.raw)}\n`;
}

/**
 * The current version of everything some people read, or with null of all that is stored, each once; a file each:
 * `Type/id.json` with unchanged text, and beside it `Type/id.0.pdf` and so on for the files that it holds or refers to
 * and that are here. No two paths are the same, on file systems that ignore case neither.
 *
 * @param apart puts each person's into a folder by the person's id, and what is shared into `shared`
 */
export async function* exportRaw(
  db: Db,
  people: readonly PersonId[] | null,
  apart = false,
): AsyncGenerator<{ path: string; content: string | AsyncIterable<Uint8Array> }> {
  const taken = new Set<string>();
  for await (const row of listCurrent(db, people)) {
    const folder = apart ? `${row.person ?? 'shared'}/` : '';
    const stem = `${folder}${safeName(row.type)}/${safeName(row.fhirId)}`;
    const path = freePath(stem, '.json', taken);
    yield { path, content: row.raw };
    const beside = path.slice(0, -'.json'.length);
    const resource = { type: row.type, currentSeq: row.seq };
    for await (const { n, contentType, pieces } of filesOfRecord(db, resource, row.raw))
      yield { path: freePath(`${beside}.${n}`, endingOf(contentType), taken), content: pieces };
  }
}

/** Two sources may use one id: the second gets a number behind it. */
function freePath(stem: string, ending: string, taken: Set<string>): string {
  for (let n = 1; ; n += 1) {
    const path = n === 1 ? `${stem}${ending}` : `${stem}_${n}${ending}`;
    const key = path.toLowerCase();
    if (taken.has(key)) continue;
    taken.add(key);
    return path;
  }
}

/** Longer names some file systems refuse; an ending must fit behind. */
const longestName = 120;

/**
 * A name that every file system takes. FHIR ids are safe already (`[A-Za-z0-9\-.]{1,64}`); servers
 * send others, and a name must neither leave the folder nor be hidden, nor be a device on Windows.
 */
function safeName(text: string): string {
  const plain = text.replace(/[^A-Za-z0-9\-._]/g, '_').replace(/^\.+|\.+$|\.{2,}/g, '_');
  const cut = plain.slice(0, longestName) || '_';
  return /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(cut) ? `_${cut}` : cut;
}
