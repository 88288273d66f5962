// Proves what is said while a sync runs.

import { describe, expect, it } from 'vitest';
import type { Progress } from '../../http/contract.ts';
import { announced, timeLeft, troubleWords } from './progress-words.ts';

const startedAt = '2026-11-18T11:00:00.000Z';
const after = (seconds: number) => new Date(Date.parse(startedAt) + seconds * 1000);

describe('the time left', () => {
  it('is not guessed from fewer than four questions or five seconds', () => {
    expect(timeLeft({ startedAt, done: 3, total: 31 }, after(60))).toBeNull();
    expect(timeLeft({ startedAt, done: 10, total: 31 }, after(4))).toBeNull();
  });

  it('follows the rate so far', () => {
    expect(timeLeft({ startedAt, done: 12, total: 31 }, after(48))).toBe('about a minute left');
    expect(timeLeft({ startedAt, done: 10, total: 31 }, after(120))).toBe('about 4 minutes left');
    expect(timeLeft({ startedAt, done: 30, total: 31 }, after(60))).toBe('a few seconds left');
  });

  it('is not said when nothing is left', () => {
    expect(timeLeft({ startedAt, done: 31, total: 31 }, after(60))).toBeNull();
  });
});

describe('troubles', () => {
  it('are named, and the rest goes on', () => {
    expect(troubleWords([{ label: 'Coverage', outcome: 'refused' }])).toBe(
      'Coverage was refused, the rest goes on',
    );
  });

  it('are gathered by outcome', () => {
    const troubles: Progress['troubles'] = [
      { label: 'Coverage', outcome: 'refused' },
      { label: 'Goals', outcome: 'refused' },
      { label: 'Documents', outcome: 'failed' },
    ];
    expect(troubleWords(troubles)).toBe(
      'Coverage and Goals were refused, Documents failed, the rest goes on',
    );
  });

  it('are counted when there are many', () => {
    const many = ['a', 'b', 'c', 'd'].map((label) => ({ label, outcome: 'refused' as const }));
    expect(troubleWords(many)).toBe('4 questions were refused, the rest goes on');
  });
});

describe('what a screen reader hears', () => {
  const at = (done: number) => announced({ done, total: 31, received: 524 } as Progress);

  it('changes four times, not with each question', () => {
    const heard = new Set(Array.from({ length: 32 }, (_, done) => at(done)));
    expect(heard.size).toBe(5);
    expect(at(31)).toBe('All 31 questions asked, 524 records received.');
  });
});
