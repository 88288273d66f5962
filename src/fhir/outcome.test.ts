// Proves how leniently an OperationOutcome is read.

import { describe, expect, it } from 'vitest';
import { outcomeText, readOutcome } from './outcome.ts';

const outcome = (issue: unknown, more: object = {}) =>
  JSON.stringify({ resourceType: 'OperationOutcome', issue, ...more });

describe('outcomeText', () => {
  it.each([
    ['details with text', [{ details: { text: 'a' }, diagnostics: 'b' }], 'a'],
    ['details of plain text', [{ details: 'a scope is missing' }], 'a scope is missing'],
    ['details with a coding', [{ details: { coding: [{ code: 'c' }, { display: 'd' }] } }], 'c'],
    ['diagnostics alone', [{ diagnostics: 'b' }], 'b'],
    ['a code alone', [{ code: 'forbidden' }], 'forbidden'],
    ['one issue in no list', { diagnostics: 'b' }, 'b'],
    ['lines and spaces', [{ diagnostics: ' a\n  b ' }], 'a b'],
    [
      'several issues, the gravest first and none twice',
      [
        { severity: 'warning', diagnostics: 'w' },
        { severity: 'fatal', diagnostics: 'f' },
        { severity: 'error', diagnostics: 'f' },
      ],
      'f; w',
    ],
  ])('reads %s', (_what, issue, text) => {
    expect(outcomeText(outcome(issue))).toBe(text);
  });

  it('falls back on the narrative, without its markup', () => {
    const text = { div: '<div><b>No</b> access</div>' };
    expect(outcomeText(outcome([{ severity: 'error' }], { text }))).toBe('No access');
  });

  it('is empty for an outcome that says nothing', () => {
    expect(outcomeText(outcome(undefined))).toBe('');
  });

  it.each(['', '<html>', '{"resourceType":"Bundle"}', 'null', '[]'])('is none for %j', (body) => {
    expect(outcomeText(body)).toBeUndefined();
  });
});

describe('readOutcome', () => {
  it('keeps severity, code and place of each issue', () => {
    const value = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'required', expression: ['Observation.patient'] }, null],
    };
    expect(readOutcome(value)).toEqual([
      { severity: 'error', code: 'required', text: undefined, where: ['Observation.patient'] },
    ]);
  });
});
