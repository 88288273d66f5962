// Proves how the audit's lines fall into days.

import { describe, expect, it } from 'vitest';
import type { AuditLine } from '../../../http/contract.ts';
import { auditDays } from './audit-days.ts';

const line = (seq: number, at: Date): AuditLine => ({
  seq,
  at: at.toISOString(),
  who: 'Ann',
  what: 'signed in',
  whose: null,
  until: null,
  origin: 'Chrome, Linux, 127.0.0.1',
  refused: false,
});

describe('the days of the audit', () => {
  it('begin and end with midnight here, not in UTC', () => {
    const days = auditDays([
      line(3, new Date(2026, 10, 22, 0, 0)),
      line(2, new Date(2026, 10, 21, 23, 59)),
      line(1, new Date(2026, 10, 21, 0, 0)),
    ]);
    expect(days.map(({ day, lines }) => [day, lines.map((one) => one.seq)])).toEqual([
      ['2026-11-22', [3]],
      ['2026-11-21', [2, 1]],
    ]);
  });
});
