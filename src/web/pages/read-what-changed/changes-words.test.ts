// Proves the sentences of what changed: what happened first, counts that agree with their nouns, and calm where nothing
// did.

import { describe, expect, it } from 'vitest';
import type { Changes } from '../../../http/contract.ts';
import {
  backgroundWords,
  kindsWords,
  ledeWords,
  shortWords,
  tallyWords,
  withinWords,
} from './changes-words.ts';

const none = { first: 0, new: 0, changed: 0, gone: 0, back: 0 };
const changes = (of: Partial<Changes>): Changes => ({
  since: { by: 'visit', at: '2020-11-08T12:00:00.000Z' },
  isWhole: true,
  sum: none,
  kinds: [],
  first: [],
  background: none,
  rows: [],
  next: null,
  ...of,
});
const source = { id: 's', name: 'Harbor Family Medicine', mark: 'circle' } as const;
const sentence = (c: Changes) => Object.values(ledeWords(c)).join('');

describe('what changed', () => {
  it('is said in sum and by kind', () => {
    const c = changes({
      sum: { ...none, new: 1_200, changed: 3, gone: 1 },
      kinds: [
        { ...none, kind: 'result', new: 1_200, changed: 2 },
        { ...none, kind: 'care-team', gone: 1 },
        { ...none, kind: 'document', changed: 1 },
      ],
    });
    expect(sentence(c)).toMatch(
      /^1,200 new, 3 changed, 1 no longer reported since you last looked on Sun, Nov 8, 2020 at .*: 1,202 results, 1 care team and 1 document\.$/,
    );
    expect(shortWords(c)).toBe('1,200 new, 3 changed, 1 no longer reported since Nov 8, 2020');
  });

  it('what came again is told from what is new', () => {
    expect(tallyWords({ ...none, back: 2 })).toBe('2 reported again');
  });

  it('is nothing, and says so', () => {
    expect(sentence(changes({}))).toMatch(/^Nothing changed since you last looked on /);
    expect(tallyWords(none)).toBeNull();
    expect(kindsWords([])).toBeNull();
    expect(backgroundWords(none)).toBeNull();
  });

  it('received for the first time is no news in figures', () => {
    const first = [{ source, at: '2020-11-08T12:00:00.000Z', records: 3_000 }];
    const c = changes({ sum: { ...none, first: 3_000 }, first });
    expect(sentence(c)).toMatch(/^Received for the first time since /);
    expect(sentence(c)).not.toContain('3,000');
  });

  it('is not told as news to who never looked before', () => {
    const c = changes({ since: { by: 'visit', at: null }, sum: { ...none, new: 4 } });
    expect(shortWords(c)).toBe('What changed');
    expect(sentence(c)).toBe('4 new since you looked for the first time.');
  });
});

it('new results without a row of their own are told with their reports', () => {
  expect(withinWords(0)).toBeNull();
  expect(withinWords(1)).toBe('1 result more, told with the report above.');
  expect(withinWords(19)).toBe('19 results more, told with the reports above.');
});
