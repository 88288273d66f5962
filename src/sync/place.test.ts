import { describe, expect, it } from 'vitest';
import { beginningOf, cursorOf, partAfter, placeOf } from './place.ts';

const request = 'Observation?patient=1';
const whole = { request, parts: null, next: null };
const parts = ['category=laboratory', 'category=survey'];

describe('where a question stands', () => {
  it('is its request, then the page that comes next, where it is asked as a whole', () => {
    expect(placeOf(whole)).toEqual({ part: 0, address: request });
    const next = 'https://portal.example/Observation?page=2';
    expect(cursorOf(whole, { part: 0, address: next })).toBe(next);
    expect(placeOf({ ...whole, next })).toEqual({ part: 0, address: next });
    expect(partAfter(whole, placeOf(whole))).toBeNull();
  });

  it('is a part and a page where it is asked in parts, there and back as text', () => {
    const inParts = { request, parts, next: null };
    expect(placeOf(inParts)).toEqual({ part: 0, address: `${request}&category=laboratory` });
    const second = partAfter(inParts, placeOf(inParts));
    expect(second).toEqual(beginningOf(inParts, 1));
    expect(second && partAfter(inParts, second)).toBeNull();
    expect(beginningOf({ ...inParts, request: 'Goal' }, 1).address).toBe('Goal?category=survey');
    for (const address of [`${request}&category=survey`, 'https://portal.example/x?a=b#c']) {
      const next = cursorOf(inParts, { part: 1, address });
      expect(placeOf({ ...inParts, next })).toEqual({ part: 1, address });
    }
  });
});
