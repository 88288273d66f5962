// Proves that signing in returns only to a path of this app.

import { describe, expect, it } from 'vitest';
import { isReturnPath } from './return-to.ts';

describe('the path to return to', () => {
  it('is a path of this app', () => {
    expect(isReturnPath('/people/p1/timeline')).toBe(true);
    expect(isReturnPath('/')).toBe(true);
  });

  it('never leads to another host', () => {
    expect(isReturnPath('//evil.example')).toBe(false);
    expect(isReturnPath('/\\evil.example')).toBe(false);
    expect(isReturnPath('https://evil.example/')).toBe(false);
  });

  it('carries no query and no hash', () => {
    expect(isReturnPath('/people/p1/results?name=iron')).toBe(false);
    expect(isReturnPath('/people/p1/results#name=iron')).toBe(false);
  });

  it('is none of the pages of signing in', () => {
    expect(isReturnPath('/sign-in')).toBe(false);
    expect(isReturnPath('/sign-in/choose')).toBe(false);
  });
});
