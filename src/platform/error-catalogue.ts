// Owns the list of everything that can go wrong and is expected: one row per code, kept in a file for each part.
// A row's sentence says what happened and what to do, for the person who sees it.

import { accessErrors } from './error-catalogue/access.ts';
import { instanceErrors } from './error-catalogue/instance.ts';
import { portalsErrors } from './error-catalogue/portals.ts';
import { recordsErrors } from './error-catalogue/records.ts';
import type { ErrorRow } from './error-catalogue/row.ts';

export type { ErrorRow } from './error-catalogue/row.ts';

export const errorCatalogue = {
  ...instanceErrors,
  ...portalsErrors,
  ...recordsErrors,
  ...accessErrors,
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorCatalogue;
