// Owns turning FHIR's HumanName and Patient basics into what people read. Pure; lenient with what is missing.

import { datesAgree, parseFhirDate } from '../dates.ts';
import { shown } from './shown.ts';

type HumanName = {
  readonly use?: unknown;
  readonly text?: unknown;
  readonly family?: unknown;
  readonly given?: unknown;
  readonly prefix?: unknown;
  readonly suffix?: unknown;
  readonly period?: { readonly start?: unknown; readonly end?: unknown };
};

/** What a person is asked to recognise themselves by. */
export type PatientBasics = {
  readonly name: string;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  readonly gender: string | null;
};

const USE_ORDER = ['official', 'usual', 'temp', 'nickname', 'anonymous', 'old', 'maiden'];

/** Name, birth date and gender of a Patient resource; an unnamed one is called so. */
export function patientBasics(patient: unknown): PatientBasics {
  const p = isObject(patient) ? patient : {};
  return {
    name: currentName(p.name) ?? 'Name not recorded',
    birthDate: parseFhirDate(p.birthDate)?.day ?? null,
    gender: typeof p.gender === 'string' ? p.gender : null,
  };
}

/**
 * Where a patient differs from a known person: in name, but for case, accents, spaces and punctuation; in birth date,
 * where both are known so precisely that they cannot be one day.
 */
export function differencesFrom(
  patient: Pick<PatientBasics, 'name' | 'birthDate'>,
  known: Pick<PatientBasics, 'name' | 'birthDate'>,
): ('name' | 'birthDate')[] {
  return [
    ...(plain(patient.name) === plain(known.name) ? [] : (['name'] as const)),
    ...(datesAgree(patient.birthDate, known.birthDate) ? [] : (['birthDate'] as const)),
  ];
}

/**
 * The name in force: of several official ones, told apart only by their period, the one that has not ended,
 * and of those the one that began last.
 */
export function currentName(names: unknown): string | null {
  const usable = (Array.isArray(names) ? names : [names]).filter(isObject) as HumanName[];
  const ranked = usable
    .map((name, index) => ({ name, index, rank: rankOf(name) }))
    .sort(
      (a, b) =>
        a.rank - b.rank || startOf(b.name).localeCompare(startOf(a.name)) || a.index - b.index,
    );
  for (const { name } of ranked) {
    const text = nameText(name);
    if (text) return text;
  }
  return null;
}

/** A HumanName as it is said: its parts, or its text where it has none; on one line, and acting on nothing beside it. */
export function nameText(name: unknown): string | null {
  if (!isObject(name)) return null;
  const n = name as HumanName;
  const parts = [...strings(n.given), ...strings(n.family), ...strings(n.suffix)];
  const [text] = parts.length > 0 ? [parts.join(' ')] : strings(n.text);
  return text ? shown(text).replace(/\s+/g, ' ').trim() || null : null;
}

function plain(name: string): string {
  const bare = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return bare.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

function rankOf(name: HumanName): number {
  const use = USE_ORDER.indexOf(String(name.use ?? 'usual'));
  const ended = name.period?.end === undefined ? 0 : USE_ORDER.length;
  return ended + (use < 0 ? USE_ORDER.length - 1 : use);
}

function startOf(name: HumanName): string {
  return typeof name.period?.start === 'string' ? name.period.start : '';
}

function strings(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list
    .filter((v): v is string => typeof v === 'string' && v.trim() !== '')
    .map((v) => v.trim());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
