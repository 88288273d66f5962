// Owns what differs between two versions of a record in the words of its sheet: old and new of each field that a person
// reads. Pure. What differs beside them is in the raw difference: fhir/json-diff.

import { isSameNumber } from '../../fhir/json-diff.ts';
import { dayOf, type Described, type Fact, type Kind } from '../describe/described.ts';

/** A field that differs. Null where there was, or is, none. */
export type FieldDifference = {
  /** As on the sheet: `Value`, `Reference range`, `Status`, `Dosage` … */
  readonly label: string;
  readonly before: string | null;
  readonly after: string | null;
  /** The same number in another spelling. */
  readonly isSameValue: boolean;
};

/** What differs, in the order of the sheet. Undefined stands for a version that could not be read. */
export function fieldDifferences(
  before: Described | undefined,
  after: Described | undefined,
): FieldDifference[] {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const labels = new Set([...now.keys(), ...old.keys()]);
  const fields = [...labels].flatMap((label): FieldDifference[] => {
    const [was, is] = [old.get(label) ?? null, now.get(label) ?? null];
    return was === is ? [] : [{ label, before: was, after: is, isSameValue: isSame(was, is) }];
  });
  return [...fields, ...textDifference(before?.text ?? [], after?.text ?? [])];
}

/** Longer ones are cut: the whole text is on the sheet. */
const longestText = 280;

/** Of these the row's own value is what no fact says. Of others it is made from a fact, and would be said twice. */
const valueLabels: { readonly [kind in Kind]?: string } = {
  result: 'Value',
  vital: 'Value',
  immunization: 'Status',
  procedure: 'Status',
};

/** Each label with all that stands under it. */
function fieldsOf(d: Described | undefined): Map<string, string> {
  if (!d) return new Map();
  const valueLabel = valueLabels[d.kind];
  const value = [d.value, d.unit].filter(Boolean).join(' ');
  const pairs: [string, string | null | undefined][] = [
    ['Name', d.title],
    [valueLabel ?? 'Value', valueLabel === undefined ? null : value],
    ['Reference range', d.measured?.range],
    ['Flag', d.flag?.replace('-', ' ')],
    ['Date', dateOf(d.at)],
    ['Ended', d.kind === 'condition' ? null : dateOf(d.endsAt)],
    ['With', d.clinician],
    ['Note', d.kind === 'panel' ? d.note : null],
    ...d.facts.flatMap((fact): [string, string][] => (fact ? [[fact.label, factText(fact)]] : [])),
  ];
  const fields = new Map<string, string>();
  for (const [label, text] of pairs) {
    if (!text) continue;
    const said = fields.get(label);
    // `By` says who the head of the sheet names too.
    if (said !== undefined && said.split('; ').includes(text)) continue;
    fields.set(label, said === undefined ? text : `${said}; ${text}`);
  }
  return fields;
}

/** A status is a code of one or several words: `entered-in-error`. */
function factText({ label, value, code }: Fact): string {
  const words = label === 'Status' ? value.replaceAll('-', ' ') : value;
  return code === null ? words : `${words} (${code})`;
}

/** The day, and the time as it was written where there is one. */
function dateOf(at: string | null | undefined): string | null {
  if (!at) return null;
  const time = /T(\d\d:\d\d)/.exec(at)?.[1];
  const day = dayOf(at) ?? at;
  return time === undefined ? day : `${day} ${time}`;
}

/** Paragraphs that went, and paragraphs that came. */
function textDifference(before: readonly string[], after: readonly string[]): FieldDifference[] {
  const [old, now] = [new Set(before), new Set(after)];
  const went = before.filter((paragraph) => !now.has(paragraph));
  const came = after.filter((paragraph) => !old.has(paragraph));
  if (went.length === 0 && came.length === 0) return [];
  return [{ label: 'Text', before: cut(went), after: cut(came), isSameValue: false }];
}

function cut(paragraphs: readonly string[]): string | null {
  if (paragraphs.length === 0) return null;
  const text = paragraphs.join(' ');
  return text.length <= longestText ? text : `${text.slice(0, longestText).trimEnd()} …`;
}

/** The same value and unit, written otherwise: `565.60 mg/dL` and `565.6 mg/dL`. */
function isSame(before: string | null, after: string | null): boolean {
  const [was, is] = [before, after].map((text) => /^(-?[\d.eE+]+)( .*)?$/.exec(text ?? ''));
  if (!was || !is || was[2] !== is[2]) return false;
  return isSameNumber(was[1] ?? '', is[1] ?? '');
}
