// Proves that only white space between tokens is taken out.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinTokens } from './tokens.ts';

describe('joinTokens', () => {
  it('keeps numbers, escapes, key order and duplicate keys as they came', () => {
    const text = '\uFEFF{\r\n\t"b" : [ 565.60 , 1E2 ] ,\n "a":"x \\u00e9 \\" y" , "a" : { } }\n';
    expect(joinTokens(text)).toBe('{"b":[565.60,1E2],"a":"x \\u00e9 \\" y","a":{}}');
  });

  it('makes of every printing the one without white space, on one line', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(1, 3, '\t'), (value, indent) => {
        expect(joinTokens(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('gives a text without white space back as it is', () => {
    expect(joinTokens('{"a":"b c"}')).toBe('{"a":"b c"}');
  });
});
