// Proves whose record is shown.

import { describe, expect, it } from 'vitest';
import type { Person } from '../../http/contract.ts';
import { choosePerson } from './person.ts';

const person = (id: string, records: number): Person => ({
  id,
  name: id,
  birthDate: null,
  sample: false,
  records,
  manages: true,
  kinds: null,
});
const people = [person('a', 0), person('b', 12), person('c', 4)];

describe('the person on screen', () => {
  it('is the one in the address before the one last looked at', () => {
    expect(choosePerson(people, 'c', 'b')?.id).toBe('c');
    expect(choosePerson(people, null, 'c')?.id).toBe('c');
  });

  it('is someone with records where nobody is named', () => {
    expect(choosePerson(people, null, null)?.id).toBe('b');
  });

  it('is not someone who is gone', () => {
    expect(choosePerson(people, 'gone', 'gone too')?.id).toBe('b');
    expect(choosePerson([], null, 'a')).toBeNull();
  });
});
