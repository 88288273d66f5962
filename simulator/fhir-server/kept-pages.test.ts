// Pages that are kept are those that would be made, and are let go with what they were made of.

import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFaultSwitches } from '../faults.ts';
import type { RunningSimulator } from '../start.ts';
import { type AppKey, connect, startWithApps } from '../testing/app.ts';
import { keepPages } from './kept-pages.ts';

let simulator: RunningSimulator;
let key: AppKey;
let close: () => Promise<void>;
let nora: Awaited<ReturnType<typeof connect>>;

beforeAll(async () => {
  ({ simulator, key, close } = await startWithApps({ keepPages: true }));
  nora = await connect(simulator, key);
});
afterAll(() => close());

/** Asks as who takes answers compressed, or not. */
async function ask(from = nora, headers: Record<string, string> = {}): Promise<string> {
  const response = await from.get(`Observation?patient=${from.patient}&_count=20`, { headers });
  expect(response.status).toBe(200);
  return response.text();
}

/** By who takes nothing compressed: of these none is kept. */
const made = () => ask(nora, { 'accept-encoding': 'identity' });

describe('a page that is kept', () => {
  it('is the one that would be made, each time', async () => {
    const first = await ask();
    expect([await ask(), await made()]).toEqual([first, first]);
  });

  it('is made anew when a resource has changed', async () => {
    const before = await ask();
    const { entry } = JSON.parse(before) as { entry: { resource: { id: string } }[] };
    const id = entry[0]?.resource.id ?? '';
    simulator.control.edit({
      environment: 'production',
      type: 'Observation',
      id,
      set: { status: 'amended' },
    });
    const after = await ask();
    expect(after).toContain('"amended"');
    expect(after).not.toBe(before);
    expect(after).toBe(await made());
  });

  it('is not one that was made before the change and packed only after it', async () => {
    let version = 0;
    const kept = keepPages({ version: () => version }, makeFaultSwitches());
    const askFor = (url: string, body: string) =>
      kept(
        { method: 'GET', url, headers: { 'accept-encoding': 'gzip' } } as IncomingMessage,
        'somebody',
        () => ({ status: 200, body, contentType: 'text/plain' }),
      );
    const late = askFor('/a', 'old');
    version = 1;
    const [before] = await Promise.all([late, askFor('/b', 'new')]);
    expect(await askFor('/a', 'new')).not.toEqual(before);
  });

  it('is not what a fault has made of it, nor in the place of a fault', async () => {
    const whole = await ask();
    simulator.control.setFaults(['page.truncated-json']);
    expect((await ask()).length).toBeLessThan(whole.length);
    simulator.control.setFaults([]);
    expect(await ask()).toBe(whole);
  });

  it('is given to nobody else', async () => {
    await ask();
    const other = await connect(simulator, key, { practice: '40192' });
    const response = await other.get(`Observation?patient=${nora.patient}&_count=20`);
    expect(response.status).toBe(403);
  });
});
