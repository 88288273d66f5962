// Owns taking a file apart into resources: a bundle, one resource, or NDJSON (each line a resource or
// a bundle). NDJSON is streamed line by line; a JSON document is read whole. It resolves nothing.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type RawResource, scanBundle, scanResource } from '../../fhir/bundle.ts';
import { isTypeName } from '../../fhir/types.ts';
import { ChartfoldError, type ErrorCode, isChartfoldError } from '../../platform/errors.ts';
import type { FhirFile, FileEntry, FileItem } from './types.ts';

/**
 * A file of this machine, as long as it was when it was opened: some have no end, such as a log that is written on
 * or what a system shows of itself as a file. Opened, it throws import.unreadable when it is not there or no file.
 */
export function fileOnDisk(path: string): FhirFile {
  return {
    name: path,
    async *open() {
      const found = await stat(path).catch(() => null);
      if (!found?.isFile()) throw new ChartfoldError('import.unreadable', { detail: path });
      if (found.size === 0) return;
      yield* createReadStream(path, { end: found.size - 1, highWaterMark: 1024 * 1024 });
    },
  };
}

/** Numbers the bundles of one call, so that ids of unknown origin are not mixed up between them. */
export type Scopes = { last: number };

/**
 * The resources of a file in their order, and what in it is none.
 *
 * @throws import.unreadable, import.not_fhir, import.too_large
 */
export async function* readItems(file: FhirFile, scopes: Scopes): AsyncGenerator<FileItem> {
  const lines = readLines(file);
  const first = await nextFilled(lines);
  if (!first) throw new ChartfoldError('import.not_fhir');
  if (isWholeResource(first.bytes)) {
    yield* readLine(first, scopes);
    for await (const line of lines) yield* readLine(line, scopes);
    return;
  }
  const rest = [first];
  let size = first.bytes.length;
  for await (const line of lines) {
    size += line.bytes.length + 1;
    if (size > largestText) throw new ChartfoldError('import.too_large');
    rest.push(line);
  }
  yield* readDocument(rest, scopes);
}

/** A string of more bytes cannot be relied on to fit into the engine (its limit is near 512 MB). */
const largestText = 400_000_000;

type Line = { readonly number: number; readonly bytes: Buffer };

/** The lines of a file without their ends. Bytes, so that no character is cut in two. */
async function* readLines(file: FhirFile): AsyncGenerator<Line> {
  let number = 1;
  let parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of file.open()) {
      let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
        yield { number, bytes: Buffer.concat([...parts, rest.subarray(0, end)]) };
        number += 1;
        parts = [];
        size = 0;
        rest = rest.subarray(end + 1);
      }
      size += rest.length;
      if (size > largestText) throw new ChartfoldError('import.too_large');
      parts.push(rest);
    }
  } catch (error) {
    if (isChartfoldError(error)) throw error;
    throw new ChartfoldError('import.unreadable', { cause: error });
  }
  yield { number, bytes: Buffer.concat(parts) };
}

async function nextFilled(lines: AsyncGenerator<Line>): Promise<Line | undefined> {
  for (let next = await lines.next(); !next.done; next = await lines.next()) {
    if (decode(next.value.bytes)?.trim() !== '') return next.value;
  }
  return undefined;
}

/** Whether a line is a resource by itself: then the file is read by lines. */
function isWholeResource(bytes: Buffer): boolean {
  const text = decode(bytes);
  return text !== undefined && scanned(text) !== undefined;
}

function* readLine(line: Line, scopes: Scopes): Generator<FileItem> {
  const text = decode(line.bytes);
  if (text?.trim() === '') return;
  const place = `line ${line.number}`;
  const resource = text === undefined ? undefined : scanned(text);
  if (!resource) yield fault(place);
  else yield* unfold({ ...resource, fullUrl: undefined }, place, 0, scopes);
}

/** A document of several lines; or NDJSON whose first line is broken, when other lines are whole. */
function* readDocument(lines: readonly Line[], scopes: Scopes): Generator<FileItem> {
  const text = decode(Buffer.concat(lines.flatMap(({ bytes }) => [bytes, lineFeed])));
  const resource = text === undefined ? undefined : scanned(text);
  if (resource) {
    yield* unfold({ ...resource, fullUrl: undefined }, '', 0, scopes);
    return;
  }
  if (!lines.some(({ bytes }) => isWholeResource(bytes))) {
    throw new ChartfoldError('import.not_fhir');
  }
  for (const line of lines) yield* readLine(line, scopes);
}

const lineFeed = Buffer.from('\n');

type Found = RawResource & { readonly fullUrl: string | undefined };

/** How many bundles may lie one within the other: each is read once for itself and once for each above it. */
const deepest = 16;

/** A resource as it is; a bundle as what it holds, a bundle within a bundle too. */
function* unfold(found: Found, place: string, scope: number, scopes: Scopes): Generator<FileItem> {
  // The next one last.
  const open = [{ found, place, scope, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.found.resourceType !== 'Bundle') {
      yield item(next.found, next.place, next.scope);
      continue;
    }
    if (next.depth === deepest) {
      yield fault(next.place, 'import.nested_too_deep');
      continue;
    }
    const bundle = scanBundle(next.found.raw);
    scopes.last += 1;
    const inner = scopes.last;
    const placeOf = (position: number) =>
      [next?.place, `entry ${position}`].filter(Boolean).join(', ');
    for (const entry of bundle.entries.toReversed()) {
      const { position, raw, resourceType, id, fullUrl } = entry;
      open.push({
        found: { raw, resourceType, id, fullUrl },
        place: placeOf(position),
        scope: inner,
        depth: next.depth + 1,
      });
    }
    for (const position of bundle.withoutResource) {
      yield fault(placeOf(position));
    }
  }
}

function item(found: Found, place: string, scope: number): FileItem {
  const { resourceType: type, id, fullUrl, raw } = found;
  const isNamed = id !== undefined || (fullUrl !== undefined && /^urn:(uuid|oid):./i.test(fullUrl));
  if (!type || !isTypeName(type) || !isNamed || type === 'OperationOutcome') return fault(place);
  const entry: FileEntry = { place, raw, type, resourceId: id, fullUrl, scope };
  return { kind: 'entry', entry };
}

function fault(place: string, code: ErrorCode = 'import.not_a_resource'): FileItem {
  return { kind: 'fault', fault: { place, code } };
}

function scanned(text: string): RawResource | undefined {
  try {
    const resource = scanResource(text);
    return resource.resourceType === undefined ? undefined : resource;
  } catch (error) {
    if (isChartfoldError(error)) return undefined;
    throw error;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A text from its bytes; undefined when they are no UTF-8, since then it could not be kept exactly. */
function decode(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
