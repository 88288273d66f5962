// Proves what is seen of a page that has only begun to come.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nextLinkIn } from './beginning.ts';

const NEXT = 'https://portal.example/fhir/Observation?page=2';
const link = [
  { relation: 'self', url: 'https://portal.example/fhir/Observation' },
  { relation: 'next', url: NEXT },
];
const entry = Array.from({ length: 200 }, (_, n) => ({
  resource: { resourceType: 'Observation', id: `o${(n * 7919) % 1000}`, note: [{ text: 'µ' }] },
}));
const beginningOf = (value: unknown, most = 2_000) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).subarray(0, most);
const seenIn = (bytes: Buffer, headers: Record<string, string> = {}) =>
  nextLinkIn(bytes, new Headers(headers));

describe('the beginning of a page', () => {
  it('tells the link to the next one, where that stands before the entries', () => {
    const page = { resourceType: 'Bundle', type: 'searchset', total: 400, link, entry };
    expect(seenIn(beginningOf(page))).toBe(NEXT);
    const packed = gzipSync(JSON.stringify(page));
    expect(seenIn(packed.subarray(0, 600), { 'content-encoding': 'gzip' })).toBe(NEXT);
  });

  it.each([
    ['has no such link', { resourceType: 'Bundle', link: link.slice(0, 1), entry }],
    ['has its links behind the entries', { resourceType: 'Bundle', entry, link }],
    ['has links in an entry alone', { resourceType: 'Bundle', entry: [{ link, resource: {} }] }],
    ['has links of another form', { resourceType: 'Bundle', link: { next: NEXT }, entry }],
    ['ends inside the links', JSON.stringify({ link }).slice(0, 60)],
    ['is a web page', '<!doctype html><title>Down</title>'],
    ['is nothing', ''],
    ['is no object', JSON.stringify(link)],
  ])('tells none where it %s', (_what, page) => {
    expect(seenIn(beginningOf(page))).toBeNull();
  });

  it('tells none where it is not packed as it says', () => {
    expect(seenIn(beginningOf({ link, entry }), { 'content-encoding': 'gzip' })).toBeNull();
  });
});
