// Practices for lists of full size: as many as asked for, the same ones for the same seed, none of them real. Whoever is
// listed here beside the practices that have patients can be found, and signs nobody in.

import { makeRandom, type Random } from '../people/random.ts';
import type { Practice } from '../people/world.ts';
import {
  degrees,
  directions,
  features,
  fields,
  forms,
  givenNames,
  houses,
  institutions,
  places,
  states,
  surnames,
} from './names.ts';

/** How large a list is: with the practices that there are, so many; `full` as the vendor's. */
export type DirectorySize = number | 'full';

/** How a vendor's list is filled up. */
export type Filling = {
  /** How many clinics the vendor's own has. */
  readonly full: number;
  /** The vendor's id of the nth practice; each n another one. */
  idOf(n: number): string;
};

/** Counted in 2026. Practice numbers rise, with gaps. */
export const athenahealthFilling: Filling = {
  full: 21_757,
  idOf: (n) => String(10 + Math.floor(n * 1.6)),
};

/** Counted in 2026. A code is six capital letters from A to J. */
export const healowFilling: Filling = {
  full: 17_291,
  idOf: (n) =>
    String((n * 7_919 + 104_729) % 1_000_000)
      .padStart(6, '0')
      .replace(/\d/g, (digit) => String.fromCharCode(65 + Number(digit))),
};

/** Fills a list up to its size, without the ids that are there; the same words give the same practices. */
export function filledUp(
  practices: readonly Practice[],
  { full, idOf }: Filling,
  { vendor, size, seed }: { vendor: string; size: DirectorySize; seed: number },
): Practice[] {
  const count = size === 'full' ? full : size;
  const random = makeRandom('directory', vendor, seed);
  const taken = new Set(practices.map(({ id }) => id));
  const filled = [...practices];
  for (let n = 0; filled.length < count; n += 1) {
    const id = idOf(n);
    if (!taken.has(id)) filled.push(practice(id, random));
  }
  return filled;
}

function practice(id: string, random: Random): Practice {
  const state = random.pick(states);
  const city = town(random);
  const zone = String(random.between(state.from, state.to)).padStart(3, '0');
  return {
    id,
    name: nameOf(city, random),
    line: `${random.between(1, 2_400)} ${random.pick(places)} ${random.pick(['Street', 'Avenue', 'Road', 'Drive', 'Boulevard'])}`,
    city,
    state: state.code,
    postalCode: `${zone}${String(random.between(1, 99)).padStart(2, '0')}`,
    phone: `${random.between(201, 989)}-555-01${String(random.between(0, 99)).padStart(2, '0')}`,
  };
}

function town(random: Random): string {
  const place = random.pick(places);
  const feature = random.pick(features);
  return random.chance(0.25) ? `${place}${feature.toLowerCase()}` : `${place} ${feature}`;
}

function nameOf(city: string, random: Random): string {
  const kind = random.next();
  const form = random.pick(forms);
  const field = random.pick(fields);
  const house = random.pick(houses);
  const named = (head: string) =>
    `${[head, field, house].filter((part) => part !== '').join(' ')}${form}`;
  if (kind < 0.3) return named(`${random.pick(places)} ${random.pick(features)}`);
  if (kind < 0.42) return named(city);
  if (kind < 0.52) return named(`${random.pick(directions)} ${city}`);
  if (kind < 0.64) return named(random.pick(surnames));
  if (kind < 0.72) return named(`${random.pick(surnames)} & ${random.pick(surnames)}`);
  if (kind < 0.86) return `${city} ${random.pick(institutions)}${form}`;
  return `${random.pick(givenNames)} ${random.pick(surnames)}, ${random.pick(degrees)}`;
}
