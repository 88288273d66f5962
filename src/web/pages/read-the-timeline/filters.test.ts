// Proves that filters survive the address, and that an address made by hand does no harm.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kinds } from '../../parts/kinds.ts';
import { everything, isFiltered, readFilters, writeFilters } from './filters.ts';

describe('filters after the hash', () => {
  it('are read as they were written, whatever they are', () => {
    const filters = fc.record({
      kinds: fc.uniqueArray(fc.constantFrom(...kinds)),
      sources: fc.uniqueArray(fc.stringMatching(/^[\w-]{1,20}$/)),
      flagged: fc.boolean(),
      year: fc.option(fc.integer({ min: 1900, max: 2099 }).map(String)),
    });
    fc.assert(
      fc.property(filters, (f) => {
        expect(readFilters(`#${writeFilters(f)}`)).toEqual(f);
      }),
    );
  });

  it('are empty when nothing is filtered', () => {
    expect(writeFilters(everything)).toBe('');
    expect(readFilters('')).toEqual(everything);
    expect(isFiltered(everything)).toBe(false);
  });

  it('drop what is not understood', () => {
    expect(readFilters('#kinds=panel,nonsense&year=20x6&flagged=yes')).toEqual({
      ...everything,
      kinds: ['panel'],
    });
  });
});
