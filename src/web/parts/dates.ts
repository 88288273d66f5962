// Owns how dates and times are written for people. A date is as precise as its source said; nothing
// is filled in. Dates are `YYYY[-MM[-DD]]`; instants are ISO 8601 in UTC and shown in local time.

const locale = 'en-US';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

type Parts = { year: string; month: string | null; day: string | null; noon: Date };

/** `November 17, 2026`, `October 2026`, `2019`, or `date not recorded`. */
export function longDate(date: string | null): string {
  const p = parts(date);
  if (!p) return date ?? 'date not recorded';
  if (p.day) return say(p, { month: 'long', day: 'numeric', year: 'numeric' });
  return p.month ? say(p, { month: 'long', year: 'numeric' }) : p.year;
}

/** `Tuesday, November 17, 2026`; less where less is known. */
export function weekdayDate(date: string | null): string {
  const p = parts(date);
  if (!p?.day) return longDate(date);
  return say(p, { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
}

/** For a column: `Nov 17` in the year of `today`, else `Nov 17, 2024`; `Oct 2026`; `2019`; `not recorded`. */
export function shortDate(date: string | null, today = new Date()): string {
  const p = parts(date);
  if (!p) return date ?? 'not recorded';
  if (!p.month) return p.year;
  if (!p.day) return say(p, { month: 'short', year: 'numeric' });
  const thisYear = p.year === String(today.getFullYear());
  return say(p, { month: 'short', day: 'numeric', ...(thisYear ? {} : { year: 'numeric' }) });
}

/** The margin of a day on the timeline: `Nov 17` over `Tuesday`, `Oct` over `day not recorded`. */
export function dayHead(date: string | null): { main: string; sub: string } {
  const p = parts(date);
  if (!p) return { main: 'No date', sub: date ?? 'date not recorded' };
  if (!p.month) return { main: p.year, sub: 'month not recorded' };
  if (!p.day) return { main: say(p, { month: 'short' }), sub: 'day not recorded' };
  return { main: say(p, { month: 'short', day: 'numeric' }), sub: say(p, { weekday: 'long' }) };
}

/** The head over a month of days: `November 2026`; `2019` where months are unknown. */
export function monthHead(date: string | null): string {
  const p = parts(date);
  if (!p) return 'Date not recorded';
  return p.month ? say(p, { month: 'long', year: 'numeric' }) : p.year;
}

/**
 * A record's own moment, by the clock of the place it happened at:
 * `Tuesday, November 17, 2026, 9:20 to 9:45 AM`. The zone is named when it is not the reader's.
 * @param startsAt FHIR dateTime with zone, or null where only `date` is known
 */
export function recordMoment(
  date: string | null,
  startsAt: string | null,
  endsAt: string | null,
): string {
  const start = clock(startsAt);
  if (!start) return weekdayDate(date);
  const day = weekdayDate(start.date);
  const zone = zoneNote(start);
  const end = clock(endsAt);
  if (!end || endsAt === startsAt) return `${day}, ${start.time}${zone}`;
  if (end.date !== start.date)
    return `${day}, ${start.time} to ${longDate(end.date)}, ${end.time}${zone}`;
  return `${day}, ${timeSpan(start.time, end.time)}${zone}`;
}

/** `Wed, Nov 18 at 6:02 AM`; with the year where it is not this one. */
export function moment(instant: string, now = new Date()): string {
  const at = new Date(instant);
  const sameYear = at.getFullYear() === now.getFullYear();
  const day = new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
  return `${day} at ${timeOf(at)}`;
}

/** `today, 6:02 AM`, `yesterday, 6:02 AM`, `Oct 29`, `Oct 29, 2025`. */
export function nearMoment(instant: string, now = new Date()): string {
  const at = new Date(instant);
  const days = Math.round((startOfDay(now).getTime() - startOfDay(at).getTime()) / 86_400_000);
  if (days === 0) return `today, ${timeOf(at)}`;
  if (days === 1) return `yesterday, ${timeOf(at)}`;
  const sameYear = at.getFullYear() === now.getFullYear();
  return new Intl.DateTimeFormat(locale, {
    month: 'short',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** `Wednesday, November 18, 2026, 6:00 to 6:03 AM Eastern`. */
export function momentSpan(from: string, to: string | null): string {
  const start = new Date(from);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full' }).format(start);
  const zone = zoneName(start);
  if (to === null) return `${day}, begun at ${timeOf(start)} ${zone}`;
  const end = new Date(to);
  if (startOfDay(start).getTime() !== startOfDay(end).getTime()) {
    const last = new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(end);
    return `${day}, ${timeOf(start)} to ${last}, ${timeOf(end)} ${zone}`;
  }
  return `${day}, ${timeSpan(timeOf(start), timeOf(end))} ${zone}`;
}

/** `a moment ago`, `48 seconds ago`, `3 minutes ago`, `2 hours ago`, then as `nearMoment`. */
export function ago(instant: string, now = new Date()): string {
  const s = Math.max(0, Math.round((now.getTime() - new Date(instant).getTime()) / 1000));
  if (s < 5) return 'a moment ago';
  if (s < 90) return `${s} seconds ago`;
  if (s < 90 * 60) return `${Math.round(s / 60)} minutes ago`;
  if (s < 20 * 3600) return `${Math.round(s / 3600)} hours ago`;
  return nearMoment(instant, now);
}

/** What is to come: `in a moment`, `12 minutes from now`, `today, about 3 AM`, `about Thu, Nov 26`. */
export function about(instant: string, now: Date): string {
  const at = new Date(instant);
  const left = at.getTime() - now.getTime();
  if (left < minuteMs) return 'in a moment';
  const inMinutes = Math.round(left / minuteMs);
  if (inMinutes < 120)
    return inMinutes === 1 ? 'a minute from now' : `${inMinutes} minutes from now`;
  // Rounded before its day is told, so that 11:50 PM is not said to be midnight of the day before.
  const hour = new Date(Math.round(at.getTime() / hourMs) * hourMs);
  const days = Math.round((noonOf(hour) - noonOf(now)) / dayMs);
  const text = new Intl.DateTimeFormat(locale, { hour: 'numeric' }).format(hour);
  const time = text.replace('\u202f', ' ');
  if (days === 0) return `today, about ${time}`;
  if (days === 1) return `tomorrow, about ${time}`;
  return `about ${moment(instant, now).replace(/ at .*/, '')}`;
}

/** The last moment of a calendar day (`YYYY-MM-DD`) here, as an instant. */
export function endOfDay(day: string): string {
  return new Date(`${day}T23:59:59.000`).toISOString();
}

/** The calendar day of an instant here, as `YYYY-MM-DD`. */
export function dayOf(instant: string | Date): string {
  const at = new Date(instant);
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()]
    .map((n) => String(n).padStart(2, '0'))
    .join('-');
}

/** `9:20 AM`, here. */
export function timeOfDay(instant: string): string {
  return timeOf(new Date(instant));
}

function parts(date: string | null): Parts | null {
  const m = date === null ? null : /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date);
  if (!m) return null;
  const [, year = '', month = null, day = null] = m;
  // Noon in UTC and formatted in UTC: a calendar date never slips by a zone.
  const noon = new Date(`${year}-${month ?? '01'}-${day ?? '01'}T12:00:00Z`);
  // A day that no calendar has (`2026-02-31`) is shown as it came.
  if (Number.isNaN(noon.getTime()) || (day && noon.getUTCDate() !== Number(day))) return null;
  return { year, month, day, noon };
}

function say(p: Parts, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(p.noon);
}

type Clock = { date: string; time: string; offset: string; at: Date };

function clock(dateTime: string | null): Clock | null {
  const m = dateTime
    ? /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.exec(dateTime)
    : null;
  if (!m) return null;
  const [, date = '', hm = '', offset = ''] = m;
  const wall = new Date(`${date}T${hm}:00Z`);
  if (Number.isNaN(wall.getTime())) return null;
  return { date, time: timeOf(wall, 'UTC'), offset, at: new Date(dateTime ?? '') };
}

function zoneNote(c: Clock): string {
  if (c.offset === '') return '';
  const minutes = c.offset === 'Z' ? 0 : signed(c.offset);
  if (-c.at.getTimezoneOffset() === minutes) return '';
  return minutes === 0 ? ' UTC' : ` (UTC${c.offset.replace(/:00$/, '').replace(/^([+-])0/, '$1')})`;
}

function signed(offset: string): number {
  const [h = 0, m = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (h * 60 + m);
}

function timeOf(at: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat(locale, {
    hour: 'numeric',
    minute: '2-digit',
    ...(timeZone ? { timeZone } : {}),
  })
    .format(at)
    .replace('\u202f', ' ');
}

// `9:20 to 9:45 AM`, but `11:50 AM to 12:10 PM`.
function timeSpan(from: string, to: string): string {
  if (from === to) return from;
  const same = from.slice(-2) === to.slice(-2);
  return `${same ? from.slice(0, -3) : from} to ${to}`;
}

function zoneName(at: Date): string {
  const zone = new Intl.DateTimeFormat(locale, { timeZoneName: 'longGeneric' })
    .formatToParts(at)
    .find((p) => p.type === 'timeZoneName')?.value;
  if (!zone || /^(GMT|Coordinated Universal)/.test(zone)) return 'UTC';
  return zone.replace(/ Time$/, '');
}

function noonOf(at: Date): number {
  return new Date(`${dayOf(at)}T12:00`).getTime();
}

function startOfDay(at: Date): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate());
}
