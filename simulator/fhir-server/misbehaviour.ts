// What the faults of the catalogue do to answers of the FHIR server. Pure but for the switches' own counting.

import { Buffer } from 'node:buffer';
import type { FaultSetting, FaultSwitches } from '../faults.ts';
import type { Answer } from '../http.ts';
import { parseExactly, type Resource, writeExactly } from '../json-text.ts';
import { type BundleParts, writeBundle } from './bundles.ts';
import {
  fhirJson,
  invalidRequest,
  loadBalancerPage,
  type Refusal,
  serverFault,
  tooManyRequests,
  wantsMore,
} from './outcomes.ts';
import type { ResourceStore, StoredResource } from './store.ts';

/** A page that does not come: an error in its place, or a cut connection. */
export type LostPage =
  | { readonly kind: 'error'; readonly refusal: Refusal; readonly retryAfter: number | undefined }
  | { readonly kind: 'reset' };

/** Decides whether a page is lost to a fault. */
export function losePage(faults: FaultSwitches, type: string, count: number): LostPage | undefined {
  const error = (refusal: Refusal, retryAfter?: number): LostPage => ({
    kind: 'error',
    refusal,
    retryAfter,
  });
  if (faults.strike('page.reset', { type }) !== undefined) return { kind: 'reset' };
  if (faults.strike('page.500', { type }) !== undefined) return error(serverFault());
  const tooMany = faults.strike('page.too-many', { type });
  if (tooMany !== undefined && count > (tooMany.most ?? 100)) return error(serverFault());
  const limited = faults.strike('page.429', { type });
  if (limited !== undefined) return error(tooManyRequests(), limited.retryAfter);
  if (faults.strike('page.html-error', { type }) !== undefined) {
    return error(loadBalancerPage(503));
  }
  return undefined;
}

/** Refuses a search for how it is put, as servers of other vendors do. */
export function refuseAsPut(
  faults: FaultSwitches,
  type: string,
  query: URLSearchParams,
): Refusal | undefined {
  const ids = query.get('_id');
  if (ids?.includes(',') && faults.strike('search.one-id', { type }) !== undefined) {
    return invalidRequest('Only one id can be asked for');
  }
  if (ids !== null) return undefined;
  const splits = ({ name, type: aimedAt = type }: FaultSetting) =>
    name === 'search.in-parts' && aimedAt === type;
  const parameter = faults.list().find(splits)?.parameter ?? 'category';
  const isOne = /^[^,]+$/.test(query.get(parameter) ?? '');
  if (!isOne && faults.strike('search.in-parts', { type }) !== undefined) {
    return wantsMore(parameter);
  }
  if (query.has('_lastUpdated') && faults.strike('lastUpdated.refused', { type }) !== undefined) {
    return invalidRequest('Does not know how to handle the parameter _lastUpdated');
  }
  if (query.has('_count') && faults.strike('search.no-count', { type }) !== undefined) {
    return invalidRequest('Does not know how to handle the parameter _count');
  }
  return undefined;
}

/** What a page holds beside its own: two records of another patient, as a server may that mixes patients up. */
export function addStrangers(
  { faults, store }: { readonly faults: FaultSwitches; readonly store: ResourceStore },
  type: string,
  patientId: string,
): Pick<BundleParts, 'matches' | 'included'> {
  if (faults.strike('page.other-patient', { type }) === undefined) {
    return { matches: [], included: [] };
  }
  const matches = store.ofOthers(patientId, type).slice(0, 2);
  const included = matches.flatMap(({ id }) => store.provenanceOf(`${type}/${id}`));
  return { matches, included };
}

/** Fills a patient's chart with documents, once: as many as the fault says, each with a text of its own inside. */
export function addDocuments(
  { faults, store }: { readonly faults: FaultSwitches; readonly store: ResourceStore },
  type: string,
  patientId: string,
): void {
  if (type !== 'DocumentReference') return;
  const { documents = 0 } = faults.strike('patient.20k-documents') ?? {};
  const [like] = store.ofPatient(patientId, type);
  if (like === undefined || store.get(type, `${like.id}-1`) !== undefined) return;
  const resource = parseExactly(like.text) as Resource;
  for (let n = 1; n <= documents; n += 1) {
    const data = Buffer.from(`Note ${n} of many.`).toString('base64');
    const content = [{ attachment: { contentType: 'text/plain', data } }];
    const description = `Note ${n}`;
    store.put({
      resource: { ...resource, id: `${like.id}-${n}`, description, content },
      patientId,
      updated: like.updated,
    });
  }
}

/** Writes a page's text, bent by whichever faults strike it. */
export function writePage(
  faults: FaultSwitches,
  type: string,
  parts: BundleParts,
  page: {
    readonly rawQuery: string;
    readonly total: number;
    /** The address of this very page. */
    readonly self: string | undefined;
    readonly foreignOrigin: string;
  },
): string {
  let bent = { ...parts };
  const strike = (name: Parameters<FaultSwitches['strike']>[0]) => faults.strike(name, { type });
  const last = bent.matches.at(-1);
  if (last !== undefined && strike('bundle.duplicate-entry') !== undefined) {
    bent = { ...bent, matches: [...bent.matches, last] };
  }
  if (strike('bundle.total-wrong') !== undefined) bent = { ...bent, total: page.total + 7 };
  if (strike('page.endless') !== undefined) {
    answers += 1;
    const query = page.rawQuery.replace(/&turn=\d+/, '');
    bent = { ...bent, next: `${bent.fhirBase}/${type}?${query}&turn=${answers}` };
  }
  if (bent.next !== undefined) {
    if (page.self !== undefined && strike('page.next-cycle') !== undefined) {
      bent = { ...bent, next: page.self };
    }
    const foreign = strike('page.next-link-foreign-host');
    if (foreign !== undefined) {
      const origin = foreign.origin ?? page.foreignOrigin;
      bent = {
        ...bent,
        next: origin + (bent.next ?? '').slice(new URL(bent.fhirBase).origin.length),
      };
    }
  }
  const textOf = bendText(faults, type, page.foreignOrigin);
  if (textOf !== undefined) bent = { ...bent, textOf };
  const text = writeBundle(bent);
  if (strike('page.truncated-json') === undefined) return text;
  return text.slice(0, Math.floor(text.length * 0.6));
}

/** A page's text as bytes and media type: UTF-8, unless a fault writes it otherwise. */
export function encodePage(
  faults: FaultSwitches,
  type: string,
  text: string,
): Pick<Answer, 'body' | 'contentType'> {
  if (faults.strike('page.latin-1', { type }) !== undefined) {
    const escaped = text.replace(
      /[^\0-\xff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    return {
      body: Buffer.from(escaped, 'latin1'),
      contentType: 'application/fhir+json; charset=ISO-8859-1',
    };
  }
  if (faults.strike('page.invalid-utf8', { type }) !== undefined) {
    const body = Buffer.from(text);
    body[body.lastIndexOf('"resourceType":"') + '"resourceType":"'.length] = 0xff;
    return { body, contentType: fhirJson };
  }
  return { body: text, contentType: fhirJson };
}

/** How a resource's text changes under the faults that strike this answer; `undefined` when it does not. */
export function bendText(
  faults: FaultSwitches,
  type: string,
  foreignOrigin: string,
): ((resource: StoredResource) => string) | undefined {
  const shuffles = faults.strike('resource.key-order', { type }) !== undefined;
  const moves = faults.strike('meta.lastUpdated-moves', { type }) !== undefined;
  const hasFiles = type === 'DocumentReference' || type === 'DiagnosticReport';
  const signs = hasFiles && faults.strike('attachment.url-signed') !== undefined;
  const leads = hasFiles ? faults.strike('binary.foreign-host') : undefined;
  if (!shuffles && !moves && !signs && leads === undefined) return undefined;
  answers += 1;
  const turn = answers;
  return (resource) => {
    let value = parseExactly(resource.text) as Record<string, unknown>;
    if (moves) {
      value = {
        ...value,
        meta: { ...(value.meta as object), lastUpdated: new Date().toISOString() },
      };
    }
    if (leads !== undefined) {
      const origin = leads.origin ?? foreignOrigin;
      value = withAddresses(value, (url) => `${origin}/fhir/r4/${url}`);
    }
    if (signs) {
      value = withAddresses(value, (url) => `${url}?sig=${turn}&expires=${turn + 300}`);
    }
    return writeExactly(shuffles ? turnKeys(value, turn) : value);
  };
}

/** A document or report with the addresses of its files turned into others. */
function withAddresses(
  value: Record<string, unknown>,
  turn: (url: string) => string,
): Record<string, unknown> {
  type File = { readonly url?: string };
  const turned = (file: File): File =>
    file.url === undefined ? file : { ...file, url: turn(file.url) };
  const { content, presentedForm } = value as {
    content?: readonly { readonly attachment: File }[];
    presentedForm?: readonly File[];
  };
  return {
    ...value,
    ...(content === undefined
      ? {}
      : { content: content.map((one) => ({ ...one, attachment: turned(one.attachment) })) }),
    ...(presentedForm === undefined ? {} : { presentedForm: presentedForm.map(turned) }),
  };
}

// Counts bent answers so that two answers in a row never have the same key order, and no two the same link.
let answers = 0;

function turnKeys(value: unknown, by: number): unknown {
  if (Array.isArray(value)) return value.map((entry) => turnKeys(entry, by));
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  const entries = Object.entries(value);
  const turn = by % entries.length;
  return Object.fromEntries(
    [...entries.slice(turn), ...entries.slice(0, turn)].map(([key, entry]) => [
      key,
      turnKeys(entry, by),
    ]),
  );
}

function isRawNumber(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}
