// Proves what becomes of a portal's answer that finds nobody signed in: kept sealed for five minutes, gone on with by
// the account that began the sign-in, and by no other.

import { afterEach, describe, expect, it } from 'vitest';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { systemClock } from '../platform/clock.ts';
import { type ErrorCode, isChartfoldError } from '../platform/errors.ts';
import { beginAgain } from './begin.ts';
import { goOnWithParked } from './callback.ts';
import { getConnection } from './context.ts';
import { waitingFor } from './parked.ts';

let program: TestProgram;
afterEach(() => program.close());

const code = (expected: ErrorCode) => (error: unknown) => isChartfoldError(error, expected);
const noCookies = () => undefined;

/** A sign-in of Ann's that comes back while nobody is signed in. */
async function parked(options: Parameters<typeof startProgram>[0] = {}) {
  program = await startProgram(options);
  const { go, connectionId } = await program.begin({ by: 'ann' });
  const { query } = await program.browse(go);
  const back = { query, cookieOf: noCookies };
  const result = await program.comeBack({ ...back, accountId: null });
  expect(result).toEqual({ connectionId, via: 'app', wasKnown: false, failed: null });
  return { back, connectionId };
}

const goOn = (connectionId: string, accountId: string) =>
  goOnWithParked(program.context, program.refresher, connectionId, accountId);

describe('an answer that finds nobody signed in', () => {
  it('is kept sealed, and neither the code nor the portal is used [ASVS 10.4.1]', async () => {
    const { back, connectionId } = await parked();
    expect((await getConnection(program.db, connectionId)).status).toBe('authorising');
    expect(await program.db.selectFrom('connection_grant').selectAll().execute()).toEqual([]);
    const [attempt] = await program.db.selectFrom('connect_attempt').selectAll().execute();
    expect(attempt?.status).toBe('parked');
    expect(JSON.stringify(attempt)).not.toContain(back.query.get('code'));
    expect(await waitingFor(program, 'ann')).toEqual(new Set([connectionId]));
  });

  it('is gone on with by the account that began it', async () => {
    const { connectionId } = await parked();
    expect(await goOn(connectionId, 'ann')).toEqual({
      connectionId,
      via: 'app',
      wasKnown: false,
      failed: null,
    });
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
    expect(await waitingFor(program, 'ann')).toEqual(new Set());
  });

  it('is gone on with where the page is loaded again, signed in, in any browser of that account', async () => {
    const { back, connectionId } = await parked();
    expect((await program.comeBack({ ...back, accountId: 'ann' })).failed).toBeNull();
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
  });

  it('is not gone on with by another account, nor told to it [CWE-352] [CWE-639]', async () => {
    const { back, connectionId } = await parked();
    expect(await waitingFor(program, 'ben')).toEqual(new Set());
    await expect(goOn(connectionId, 'ben')).rejects.toSatisfy(code('smart.attempt_expired'));
    await expect(program.comeBack({ ...back, accountId: 'ben' })).rejects.toSatisfy(
      code('smart.other_account'),
    );
    expect((await goOn(connectionId, 'ann')).failed).toBeNull();
  });

  it('is used once, also where it is gone on with twice at once [CWE-294]', async () => {
    const { connectionId } = await parked();
    const both = await Promise.all([goOn(connectionId, 'ann'), goOn(connectionId, 'ann')]);
    expect(both.map((one) => one.failed)).toEqual([null, null]);
    await expect(goOn(connectionId, 'ann')).rejects.toSatisfy(code('smart.attempt_expired'));
    expect((await getConnection(program.db, connectionId)).status).toBe('confirm');
  });

  it('is kept five minutes, then neither used nor stored [CWE-613]', async () => {
    let now = Date.now();
    const clock = { ...systemClock, now: () => now };
    const { connectionId } = await parked({ clock });
    now += 5 * 60_000 + 1;
    expect(await waitingFor(program, 'ann')).toEqual(new Set());
    await expect(goOn(connectionId, 'ann')).rejects.toSatisfy(code('smart.attempt_expired'));
    await program.begin({ by: 'ben' });
    const kept = program.db.selectFrom('connect_attempt').select('secrets');
    expect(await kept.where('status', '=', 'parked').execute()).toEqual([{ secrets: null }]);
  });

  it('that says no is told to the account, too', async () => {
    program = await startProgram();
    const { go, connectionId } = await program.begin({ by: 'ann' });
    const back = await program.browse(go, { decision: 'deny' });
    await program.comeBack({ ...back, accountId: null });
    expect((await goOn(connectionId, 'ann')).failed?.code).toBe('smart.access_denied');
  });

  it('where the state is not ours is not kept [SMART 2.2 @60]', async () => {
    program = await startProgram();
    const back = await program.browse((await program.begin({ by: 'ann' })).go);
    back.query.set('state', 'x'.repeat(43));
    await expect(program.comeBack({ ...back, accountId: null })).rejects.toSatisfy(
      code('smart.state_mismatch'),
    );
  });

  it('belongs to whoever signs in again, not to whoever connected first', async () => {
    program = await startProgram();
    const id = await program.connect();
    const { query } = await program.browse((await beginAgain(program.context, id, 'ben')).go);
    await program.comeBack({ query, cookieOf: noCookies, accountId: null });
    await expect(goOn(id, 'ann')).rejects.toSatisfy(code('smart.attempt_expired'));
    expect(await goOn(id, 'ben')).toMatchObject({ connectionId: id, failed: null });
  });
});
