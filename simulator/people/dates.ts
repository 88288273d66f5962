// Days and times of histories, counted in UTC; no clock is read.

/** The day a number of days after another. @param day `YYYY-MM-DD` */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + Math.round(days) * 86_400_000).toISOString().slice(0, 10);
}

/** The number of days from one day to another. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}

/** A time of day in UTC. @param minutes after midnight */
export function timeOn(day: string, minutes: number): string {
  return `${new Date(Date.parse(day) + minutes * 60_000).toISOString().slice(0, 19)}Z`;
}

/** The same instant written with the offset of the US east coast in winter, as some of the vendor's fields are. */
export function withOffset(time: string): string {
  return `${new Date(Date.parse(time) - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`;
}

/** Whole years between a birth and a day. */
export function ageOn(birthDate: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years;
}
