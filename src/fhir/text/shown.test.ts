// Proves that a text from elsewhere acts on nothing around it, and is otherwise as it was.

import { describe, expect, it } from 'vitest';
import { apart, shown } from './shown.ts';

describe('a text from elsewhere', () => {
  it.each([
    ['overrides the direction', 'Elena \u202ehsraM', 'Elena hsraM'],
    ['opens an isolate that it does not close', 'Elena\u2067 Marsh', 'Elena Marsh'],
    ['closes what it did not open', 'Elena\u202c\u2069 Marsh', 'Elena Marsh'],
    ['speaks to a terminal', 'Red\u001b[31m\u009b2J\u0007\r', 'Red[31m2J'],
  ])('that %s is shown without that', (_what, text, plain) => {
    expect(shown(text)).toBe(plain);
    expect(apart(text)).toBe(plain);
  });

  it.each(['Zoë O’Néill-Łuk\n\tsecond line', '👩‍⚕️ 山田 太郎', 'می‌خواهم \u200fשרה'])(
    'that does nothing of the kind stays as it is: %j',
    (text) => {
      expect(shown(text)).toBe(text);
    },
  );

  it('from right to left is kept apart from the text around it, from left to right not', () => {
    expect(`${apart('שרה')}, 12 records`).toBe('\u2068שרה\u2069, 12 records');
    expect(apart('سارة')).toBe('\u2068سارة\u2069');
    expect(apart('Elena Marsh')).toBe('Elena Marsh');
  });
});
