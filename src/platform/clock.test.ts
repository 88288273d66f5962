// Proves waiting and the words for identifiers: both are used everywhere and say nothing of anybody.

import { describe, expect, it } from 'vitest';
import { isoTime, systemClock } from './clock.ts';
import { newId, newSecret, sha256 } from './ids.ts';

describe('the clock', () => {
  it('waits at least as long as it is told', async () => {
    const began = performance.now();
    await systemClock.wait(20);
    expect(performance.now() - began).toBeGreaterThanOrEqual(19);
  });

  it('stops waiting with the reason of the signal, at once or later', async () => {
    const reason = new Error('stopping');
    await expect(systemClock.wait(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const ending = new AbortController();
    const waiting = systemClock.wait(60_000, ending.signal);
    ending.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  it('is not disturbed by a signal that comes after the end', async () => {
    const ending = new AbortController();
    await systemClock.wait(1, ending.signal);
    ending.abort(new Error('late'));
    expect(ending.signal.aborted).toBe(true);
  });

  it('writes an instant in UTC with milliseconds', () => {
    expect(isoTime(Date.UTC(2026, 10, 21, 23, 5, 9, 7))).toBe('2026-11-21T23:05:09.007Z');
  });
});

describe('identifiers', () => {
  it('are random, of 128 bits, and secrets of 256', () => {
    const [ids, secrets] = [newId, newSecret].map((make) => Array.from({ length: 500 }, make));
    expect(new Set(ids).size + new Set(secrets).size).toBe(1000);
    expect(ids?.every((id) => Buffer.from(id, 'base64url').length === 16)).toBe(true);
    expect(secrets?.every((secret) => Buffer.from(secret, 'base64url').length === 32)).toBe(true);
    expect([...(ids ?? []), ...(secrets ?? [])].every((text) => /^[\w-]+$/.test(text))).toBe(true);
  });

  it('made from a text are the same for the same text [FIPS 180-2 appendix B.1]', () => {
    expect(Buffer.from(sha256('abc'), 'base64url').toString('hex')).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
