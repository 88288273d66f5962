// Owns the audit's lines by the day they were written, here.

import type { AuditLine } from '../../../http/contract.ts';
import { dayOf } from '../../parts/dates.ts';

export type AuditDay = { readonly day: string; readonly lines: readonly AuditLine[] };

/** Days in the order of their lines, latest first. */
export function auditDays(lines: readonly AuditLine[]): AuditDay[] {
  const days = Map.groupBy(lines, (line) => dayOf(line.at));
  return [...days].map(([day, of]) => ({ day, lines: of }));
}
