// Owns how an Observation reads: its value as the lab wrote it, judged by the mark or the range that came with it.

import {
  codeIn,
  codesOf,
  codeWords,
  conceptText,
  displayOf,
  localReference,
  type Obj,
  obj,
  objs,
  text,
} from '../../fhir/text/codes.ts';
import { printedUnit } from '../../fhir/text/units.ts';
import { dayOf, type Described, type Fact, fact, type Flag, type Measured } from './described.ts';
import { plainName, plainNumber } from './plain.ts';

/** Blood pressure panel, systolic and diastolic: LOINC. */
const BLOOD_PRESSURE = new Set(['85354-9', '55284-4']);
const SYSTOLIC = '8480-6';
const DIASTOLIC = '8462-4';

const FLAGS: ReadonlyMap<string, Flag | null> = new Map(
  Object.entries({
    H: 'high',
    HU: 'high',
    L: 'low',
    LU: 'low',
    HH: 'critical-high',
    LL: 'critical-low',
    A: 'abnormal',
    AA: 'abnormal',
    POS: 'abnormal',
    DET: 'abnormal',
    N: null,
    NEG: null,
    ND: null,
  } as const),
);

export function describeObservation(o: Obj): Described {
  const status = text(o.status);
  const sentName = conceptText(o.code);
  const name = plainName(sentName ?? 'Unnamed measurement');
  const category = categoryOf(o);
  const measured = measuredOf(o, name, category);
  const isVital = category === 'vital-signs';
  const enteredInError = status === 'entered-in-error';
  return {
    kind: isVital ? 'vital' : 'result',
    title: name,
    note: status === 'preliminary' || status === 'cancelled' ? status : null,
    value: measured?.value ?? absentWords(o),
    unit: measured?.unit ?? null,
    flag: enteredInError ? null : (measured?.flag ?? null),
    at:
      text(o.effectiveDateTime) ??
      text(obj(o.effectivePeriod)?.start) ??
      text(o.effectiveInstant) ??
      null,
    endsAt: text(obj(o.effectivePeriod)?.end),
    enteredInError,
    amended: status === 'amended' || status === 'corrected',
    visit: localReference(o.encounter, 'Encounter'),
    // Cancelled ones and ones entered in error are in the timeline, marked, and not among the results.
    measured: enteredInError || status === 'cancelled' ? null : measured,
    facts: [
      fact('Name', sentName === null ? UNNAMED : null),
      fact('Status', status),
      fact('Code', sentName, codeWords(o.code)),
      fact('As sent', asSent(o)),
      fact('Method', conceptText(o.method)),
      fact('Specimen', displayOf(o.specimen)),
      fact('By', objs(o.performer).map(displayOf).filter(Boolean).join(', ')),
      fact('Issued', dayOf(text(o.issued)) ?? text(o.issued)),
      ...componentFacts(o),
      ...objs(o.note).map((note) => fact('Note', text(note.text))),
    ],
  };
}

const UNNAMED = 'The source sent no name with this, so what was measured is not known.';

/** Values that came as parts of one measurement, without a word what each is. */
function hasUnnamedParts(o: Obj): boolean {
  return objs(o.component).some((part) => conceptText(part.code) === null && valueOf(part));
}

function categoryOf(o: Obj): Measured['category'] {
  const codes = codesOf(o.category);
  if (codes.includes('vital-signs')) return 'vital-signs';
  return codes.includes('laboratory') ? 'laboratory' : 'other';
}

function measuredOf(o: Obj, name: string, category: Measured['category']): Measured | null {
  const code = codeIn(o.code, 'loinc.org') ?? codeIn(o.code);
  const isPressure = code !== null && BLOOD_PRESSURE.has(code);
  const read = isPressure ? pressure(o) : (valueOf(o) ?? componentsValue(o));
  if (!read) return null;
  const judged = judge(o, read.number);
  return {
    analyte: analyteOf(o, name),
    name: isPressure ? 'Blood pressure' : name,
    code: codeWords(o.code),
    category,
    value: read.value,
    unit: read.unit,
    ...judged,
  };
}

/**
 * LOINC where there is one, else the lab's own code with its system, else the words. Of values without a name it can't
 * be told which are one measurement at several times.
 */
function analyteOf(o: Obj, name: string): string | null {
  const isNamed = conceptText(o.code) !== null && (!hasUnnamedParts(o) || valueOf(o) !== null);
  if (!isNamed) return null;
  const loinc = codeIn(o.code, 'loinc.org');
  if (loinc) return `loinc|${loinc}`;
  const coding = objs(obj(o.code)?.coding).find((c) => text(c.code));
  return coding
    ? `${text(coding.system) ?? ''}|${text(coding.code)}`
    : `text|${name.toLowerCase()}`;
}

type Read = { value: string; unit: string | null; number: number | null };

/** The value in whichever form it came. Numbers are texts here, as they came (see parse.ts). */
function valueOf(o: Obj): Read | null {
  const words =
    text(o.valueString) ??
    conceptText(o.valueCodeableConcept) ??
    text(o.valueDateTime) ??
    text(o.valueTime);
  const integer = token(o.valueInteger);
  return (
    quantityOf(obj(o.valueQuantity)) ??
    (words === null ? null : plain(words)) ??
    (typeof o.valueBoolean === 'boolean' ? plain(o.valueBoolean ? 'yes' : 'no') : null) ??
    (integer === null ? null : { ...plain(integer), number: Number(integer) }) ??
    spanOf(obj(o.valueRange)) ??
    ratioOf(obj(o.valueRatio)) ??
    periodOf(obj(o.valuePeriod))
  );
}

const plain = (value: string): Read => ({ value, unit: null, number: null });

function quantityOf(quantity: Obj | null): Read | null {
  const value = token(quantity?.value);
  if (value === null) return null;
  const comparator = text(quantity?.comparator) ?? '';
  return {
    value: `${comparator}${plainNumber(value)}`,
    unit: unitOf(quantity),
    number: comparator ? null : Number(value),
  };
}

function spanOf(range: Obj | null): Read | null {
  const [low, high] = [obj(range?.low), obj(range?.high)];
  const ends = [low, high].flatMap((end) => token(end?.value) ?? []);
  return ends.length ? { ...plain(ends.join('–')), unit: unitOf(low ?? high) } : null;
}

/** A titre such as `1:128`. */
function ratioOf(ratio: Obj | null): Read | null {
  const parts = [ratio?.numerator, ratio?.denominator].map((part) => quantityOf(obj(part)));
  const [above, below] = parts;
  return above && below ? { ...plain(`${above.value}:${below.value}`), unit: above.unit } : null;
}

function periodOf(period: Obj | null): Read | null {
  const ends = [text(period?.start), text(period?.end)].filter((end) => end !== null);
  return ends.length ? plain(ends.join(' – ')) : null;
}

/** A number as it came, or what a source wrote in its place; null for anything of another shape. */
function token(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : text(value);
}

/** The number as it was sent, where what is shown is rounded; with its unit, where that is written in another way. */
function asSent(o: Obj): string | null {
  const quantity = obj(o.valueQuantity);
  const sent = token(quantity?.value);
  if (sent === null) return null;
  const unit = sentUnit(quantity);
  if (unit !== null && printedUnit(unit) !== unit) return `${sent} ${unit}`;
  return plainNumber(sent) !== sent ? sent : null;
}

function unitOf(quantity: Obj | null): string | null {
  const unit = sentUnit(quantity);
  return unit === null ? null : printedUnit(unit);
}

function sentUnit(quantity: Obj | null): string | null {
  const unit = text(quantity?.unit) ?? text(quantity?.code);
  return unit === '1' || unit === '{score}' ? null : unit;
}

function pressure(o: Obj): Read | null {
  const of = (loinc: string) =>
    objs(o.component).find((c) => codeIn(c.code, 'loinc.org') === loinc);
  const systolic = obj(of(SYSTOLIC)?.valueQuantity);
  const diastolic = obj(of(DIASTOLIC)?.valueQuantity);
  const [above, below] = [token(systolic?.value), token(diastolic?.value)];
  if (above === null || below === null) return null;
  return {
    value: `${above}/${below}`,
    unit: unitOf(systolic),
    number: null,
  };
}

function componentsValue(o: Obj): Read | null {
  const count = objs(o.component).filter(valueOf).length;
  if (hasUnnamedParts(o))
    return plain(`${count} ${count === 1 ? 'value' : 'values'} without names`);
  const parts = objs(o.component).flatMap((c) => {
    const read = valueOf(c);
    return read ? [[conceptText(c.code), read.value, read.unit].filter(Boolean).join(' ')] : [];
  });
  return parts.length ? { value: parts.join('; '), unit: null, number: null } : null;
}

function componentFacts(o: Obj): (Fact | null)[] {
  return objs(o.component).map((c) => {
    const read = valueOf(c);
    return read
      ? fact(
          conceptText(c.code) ?? 'Unnamed part',
          [read.value, read.unit].filter(Boolean).join(' '),
          codeWords(c.code),
        )
      : null;
  });
}

function absentWords(o: Obj): string | null {
  return conceptText(o.dataAbsentReason)
    ? `no value: ${conceptText(o.dataAbsentReason)?.toLowerCase()}`
    : null;
}

/** The source's own mark counts; without one, a number outside the range printed with it is marked by us. */
function judge(o: Obj, number: number | null): Pick<Measured, 'flag' | 'flagBy' | 'range'> {
  const range = objs(o.referenceRange)[0] ?? null;
  const words = rangeWords(range);
  const code = codesOf(o.interpretation).find((c) => FLAGS.has(c));
  if (code !== undefined) {
    const flag = FLAGS.get(code) ?? null;
    return { flag, flagBy: flag ? 'source' : null, range: words };
  }
  const low = numberOf(obj(range?.low)?.value);
  const high = numberOf(obj(range?.high)?.value);
  const flag =
    number === null
      ? null
      : low !== null && number < low
        ? 'low'
        : high !== null && number > high
          ? 'high'
          : null;
  return { flag, flagBy: flag ? 'range' : null, range: words };
}

function rangeWords(range: Obj | null): string | null {
  if (!range) return null;
  const [low, high] = [token(obj(range.low)?.value), token(obj(range.high)?.value)];
  if (low !== null && high !== null) return `${low}–${high}`;
  if (text(range.text)) return text(range.text);
  if (high !== null) return `up to ${high}`;
  return low === null ? null : `${low} or more`;
}

function numberOf(value: unknown): number | null {
  const number = Number(token(value) ?? Number.NaN);
  return Number.isNaN(number) ? null : number;
}
