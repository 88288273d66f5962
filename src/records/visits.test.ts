// Proves since when changes are news: a look after half an hour away begins another visit, each account has its own, and
// nothing that was not shown counts as seen.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../platform/db/sqlite/open.ts';
import { now, openScene, type Scene } from './contract-aids.ts';
import { recordsMigrations } from './migrations.ts';
import { forgetVisits, newsSince, noteLook, visitGapMs } from './visits.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene(() =>
    openStore({ file: ':memory:', keyHex: '11'.repeat(32), migrations: recordsMigrations }),
  );
});
afterEach(() => scene.store.close());

const MINUTE = 60_000;
const who = { account: 'a', person: 'p' };
const look = (minute: number, position: number, by = who) =>
  noteLook(scene.db, { ...by, now: now + minute * MINUTE, position });
const since = (minute: number, by = who) =>
  newsSince(scene.db, { ...by, now: now + minute * MINUTE });
const at = (minute: number) => new Date(now + minute * MINUTE).toISOString();

describe('changes are news', () => {
  it('since nothing, to who never looked', async () => {
    expect(await since(0)).toBeNull();
  });

  it('in the first visit since it began', async () => {
    await look(0, 10);
    await look(20, 15);
    expect(await since(20)).toEqual({ at: null, position: 10 });
  });

  it('since the end of the visit before, noted yet or not', async () => {
    await look(0, 10);
    await look(20, 15);
    expect(await since(90)).toEqual({ at: at(20), position: 15 });
    await look(90, 30);
    expect(await since(90)).toEqual({ at: at(20), position: 15 });
    await look(110, 40);
    expect(await since(110)).toEqual({ at: at(20), position: 15 });
  });

  it('after half an hour away, and no sooner', async () => {
    await look(0, 10);
    const gap = visitGapMs / MINUTE;
    await look(gap, 20);
    expect(await since(gap)).toEqual({ at: null, position: 10 });
    await look(2 * gap + 1, 30);
    expect(await since(2 * gap + 1)).toEqual({ at: at(gap), position: 20 });
  });

  it('since the visit before where the clock was ahead once', async () => {
    await look(525_600, 20);
    await look(60, 30);
    await look(200, 40);
    await look(400, 50);
    expect(await since(400)).toEqual({ at: at(200), position: 40 });
  });

  it('to each account, and of each record, by itself', async () => {
    await look(0, 10);
    expect(await since(60, { ...who, account: 'b' })).toBeNull();
    expect(await since(60, { ...who, person: 'q' })).toBeNull();
  });

  it('since nothing again, once the record went', async () => {
    await look(0, 10);
    await forgetVisits(scene.db, who.person);
    expect(await since(60)).toBeNull();
  });

  it('no earlier than they were told before, while the chart is made anew', async () => {
    await look(0, 10);
    await look(60, 3);
    expect(await since(120)).toEqual({ at: at(60), position: 10 });
  });
});
