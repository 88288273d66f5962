// Proves that texts come out of their packs as they went in, and how they are put into packs.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packTexts, prepareNow, textHash, unpackTexts } from './body.ts';
import { observation } from './contract-aids.ts';

const long = 'x'.repeat(70_000);

describe('texts in a pack', () => {
  it('come out byte for byte, whatever they are and however many', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.constant(long));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 60 }), (texts) => {
        const bytes = texts.map((one) => Buffer.from(one, 'utf8'));
        expect(unpackTexts(packTexts(bytes)).map(String)).toEqual(bytes.map(String));
      }),
    );
  });

  it('that are alike take a fraction of what they take alone', () => {
    const texts = Array.from({ length: 50 }, (_, n) =>
      Buffer.from(
        JSON.stringify({
          resourceType: 'Observation',
          id: `a-${n}`,
          note: 'fasting '.repeat(60),
          value: n * 7,
        }),
      ),
    );
    const alone = texts.reduce((sum, text) => sum + packTexts([text]).bytes.length, 0);
    expect(packTexts(texts).bytes.length).toBeLessThan(alone / 4);
  });
});

describe('resources that are prepared', () => {
  it('are fifty to a pack, in their order, each with the hash of its text', () => {
    const packs = prepareNow(Array.from({ length: 120 }, (_, n) => observation(`o${n}`)));
    expect(packs.map(({ count }) => count)).toEqual([50, 50, 20]);
    const names = packs.flatMap(({ resources }) => resources.map(({ id }) => id));
    expect(names).toEqual(Array.from({ length: 120 }, (_, n) => `o${n}`));
    for (const pack of packs)
      expect(unpackTexts(pack).map((text) => textHash(String(text)))).toEqual(
        pack.resources.map(({ rawHash }) => rawHash),
      );
  });

  it('with long texts are fewer to a pack, so that reading one does not unpack megabytes', () => {
    const packs = prepareNow(['a', 'b', 'c', 'd'].map((id) => observation(id, long)));
    expect(packs.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
    expect(prepareNow([observation('a', long), observation('b')])).toHaveLength(1);
  });

  it('of which there is none are in no pack', () => {
    expect(prepareNow([])).toEqual([]);
  });
});
