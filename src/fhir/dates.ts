// Owns FHIR dates: how precise they are, and in which order they stand. A missing or broken date is
// undefined, never a day that nobody meant.

export type DatePrecision = 'year' | 'month' | 'day' | 'minute' | 'second' | 'fraction';

/** A FHIR date, dateTime or instant, as it was written, understood. */
export type FhirDate = {
  /** As written. */
  readonly text: string;
  readonly precision: DatePrecision;
  /** `YYYY`, `YYYY-MM` or `YYYY-MM-DD` as written: the day at the place where it was written. */
  readonly day: string;
  /** `HH:MM`, or more precise; undefined for a date alone. */
  readonly time: string | undefined;
  /** `Z` or `±HH:MM`; undefined where none was written. */
  readonly zone: string | undefined;
};

/**
 * Reads a FHIR date of any precision. A time without a zone, which FHIR does not allow and servers
 * send, is read too.
 * @see https://hl7.org/fhir/R4/datatypes.html#dateTime
 */
export function parseFhirDate(value: unknown): FhirDate | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  if (year === undefined || !isDay(Number(year), month, day)) return undefined;
  const base = { text, day: [year, month, day].filter((part) => part !== undefined).join('-') };
  if (hour === undefined || minute === undefined) {
    const precision = day !== undefined ? 'day' : month !== undefined ? 'month' : 'year';
    return { ...base, precision, time: undefined, zone: undefined };
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second ?? 0) > 60) return undefined;
  const time = `${hour}:${minute}${second === undefined ? '' : `:${second}${fraction ?? ''}`}`;
  const precision =
    second === undefined ? 'minute' : fraction === undefined ? 'second' : 'fraction';
  return { ...base, precision, time, zone: zone === 'z' ? 'Z' : zone };
}

/**
 * A text by which dates sort: the instant in UTC where one is known, else the first one of the year,
 * month or day as if written in UTC. The empty text for a missing date: where it stands is for
 * the list to say.
 *
 * @returns `YYYY-MM-DDTHH:MM:SS.mmmZ`, or the empty text
 */
export function dateSortKey(date: FhirDate | undefined): string {
  if (!date) return '';
  return new Date(startMs(date)).toISOString();
}

/** Whether two dates may be one day; one that is not known, or less precisely, does not speak against it. */
export function datesAgree(a: string | null, b: string | null): boolean {
  return a === null || b === null || a.startsWith(b) || b.startsWith(a);
}

const pattern =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[Tt](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?)?)?$/;

function isDay(year: number, month: string | undefined, day: string | undefined): boolean {
  if (year < 1) return false;
  if (month === undefined) return true;
  const m = Number(month);
  if (m < 1 || m > 12) return false;
  if (day === undefined) return true;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const inMonth = m === 2 && isLeap ? 29 : (DAYS[m - 1] ?? 0);
  return Number(day) >= 1 && Number(day) <= inMonth;
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function startMs(date: FhirDate): number {
  const [year = 0, month = 1, day = 1] = date.day.split('-').map(Number);
  const [clock = '', fraction = ''] = (date.time ?? '').split('.');
  const [hour = 0, minute = 0, second = 0] = clock.split(':').map(Number);
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const at = utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  return at - offsetMinutes(date.zone) * 60_000;
}

/** Milliseconds of a day; unlike Date.UTC it takes the years 1 to 99 for what they are. */
function utc(year: number, month: number, day: number): number {
  if (year >= 100) return Date.UTC(year, month - 1, day);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
