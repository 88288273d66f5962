// Owns what holds for every portal unless its vendor gives a reason for something else: choices of ours, no facts of a
// vendor's.

import type { Portal } from './portal.ts';

/**
 * A person with 20,000 documents must pass, on pages of one; at 200 a page that is 100 pages, 18 seconds for each. So
 * must the million resources that syncs are measured with, nearly all of them answers to one question. Two runs have
 * their turn at once, so 90 minutes is the longest that two bad portals keep all others waiting.
 */
export const LIMITS = {
  pages: 25_000,
  records: 2_000_000,
  referenced: 50_000,
  questionMs: 30 * 60_000,
  runMs: 90 * 60_000,
} as const satisfies Portal['limits'];

/** Clinics open and close by the day; nobody misses one for a week, and an unchanged list costs its server nothing. */
export const DIRECTORY_EVERY_DAYS = 7;

/** What a server writes anew without a change of content: its own times and versions, and signatures of addresses. */
export const VOLATILE_PATHS = [
  'meta.lastUpdated',
  'meta.versionId',
  'content.attachment.url?',
  'presentedForm.url?',
] as const satisfies Portal['volatilePaths'];
