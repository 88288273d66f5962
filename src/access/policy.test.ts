// Proves the one table of who may do what, row by row, and that what is not allowed answers like what is not there.

import { describe, expect, it } from 'vitest';
import {
  type Act,
  type Actor,
  allow,
  allowOn,
  isOwnBeginning,
  may,
  mayOn,
  operator,
  type OtherAct,
  policy,
  type RecordAct,
  type Right,
  type Role,
  roles,
} from './policy.ts';

const acts = Object.keys(policy) as Act[];
const recordActs = acts.filter((act): act is RecordAct => policy[act].on === 'record');
const otherActs = acts.filter((act): act is OtherAct => policy[act].on !== 'record');

const actor = (given: { roles?: readonly Role[]; rights?: readonly Right[] } = {}): Actor => ({
  door: 'app',
  account: { id: 'a', name: 'A' },
  roles: given.roles ?? [],
  rights: given.rights ?? [],
});
const right = (level: 'read' | 'manage', kinds: string[] | null = null): Right => ({
  personId: 'p',
  level,
  kinds,
});

describe('on a record', () => {
  it.each(recordActs)('%s is as if it did not exist for who has no right on it', (act) => {
    const missing = expect.objectContaining({ code: 'person.not_found' });
    for (const who of [actor(), actor({ roles }), actor({ rights: [right('manage')] })])
      expect(() => allowOn(who, act, 'other')).toThrow(missing);
  });

  it('reading takes a right to read; the rest takes managing', () => {
    const reads = recordActs.filter((act) => mayOn(actor({ rights: [right('read')] }), act, 'p'));
    expect(reads).toEqual(['record.read', 'record.export', 'record.receipts']);
    const managed = recordActs.filter((act) =>
      mayOn(actor({ rights: [right('manage')] }), act, 'p'),
    );
    expect(managed).toEqual(recordActs);
  });

  it('a right limited to kinds shows these, and exports nothing', () => {
    const who = actor({ rights: [right('read', ['result']), right('read', ['visit'])] });
    expect(allowOn(who, 'record.read', 'p')).toEqual(new Set(['result', 'visit']));
    expect(recordActs.filter((act) => mayOn(who, act, 'p'))).toEqual(['record.read']);
  });

  it('the widest right counts', () => {
    const who = actor({ rights: [right('read', ['result']), right('manage')] });
    expect(allowOn(who, 'record.read', 'p')).toBe('all');
  });
});

describe('what is nobody’s record yet', () => {
  it('is its beginner’s; begun at the terminal, every owner’s', () => {
    const others = [actor(), actor({ roles: ['practice'] }), actor({ roles: ['owner'] })];
    expect(others.map((who) => isOwnBeginning(who, 'a'))).toEqual([true, true, true]);
    expect(others.map((who) => isOwnBeginning(who, 'b'))).toEqual([false, false, false]);
    expect(others.map((who) => isOwnBeginning(who, null))).toEqual([false, false, true]);
    expect(isOwnBeginning(operator, 'b')).toBe(true);
  });
});

describe('on the instance', () => {
  it.each(roles)('%s may do what the table says and nothing else', (role) => {
    const allowed = otherActs.filter((act) => may(actor({ roles: [role] }), act));
    const expected = otherActs.filter((act) => {
      const rule: { on: string; roles?: readonly Role[] } = policy[act];
      return rule.on === 'self' || rule.roles?.includes(role);
    });
    expect(allowed).toEqual(expected);
    expect(allowed.length < otherActs.length).toBe(true);
  });

  it('who has no role may see and change only what is their own', () => {
    const allowed = otherActs.filter((act) => may(actor(), act));
    expect(allowed).toEqual([
      'people.list',
      'people.add',
      'portals.list',
      'directory.update',
      'portals.add',
      'portals.remove',
      'connections.list',
      'connections.begin',
      'connections.sync',
      'account.read',
      'account.change',
    ]);
    expect(() => allow(actor(), 'accounts.manage')).toThrow(
      expect.objectContaining({ code: 'access.not_allowed' }),
    );
  });

  it('the operator at the terminal may do everything', () => {
    expect(otherActs.every((act) => may(operator, act))).toBe(true);
    expect(recordActs.every((act) => mayOn(operator, act, 'anyone'))).toBe(true);
  });
});
