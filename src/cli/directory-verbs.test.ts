// Proves the verbs of the clinic directory as processes: what they print, and how they end.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../../e2e/support/command-line.ts';
import { type RunningSimulator, startSimulator } from '../../simulator/start.ts';

let line: CommandLine;
let simulator: RunningSimulator;
let folder: string;
let practices: string;
beforeAll(async () => {
  simulator = await startSimulator({ size: 20, anchor: '2026-01-15', directorySize: 300 });
  folder = await mkdtemp(join(tmpdir(), 'chartfold-'));
  const base = `${simulator.url}/athenahealth/production`;
  const portal = {
    vendor: 'athenahealth',
    clientId: 'none',
    fhirBaseUrl: `${base}/fhir/r4`,
    directoryUrl: `${base}/athena-fhir-service-base-urls.json`,
  };
  const config = join(folder, 'portals.json');
  await writeFile(config, JSON.stringify({ portals: [portal] }));
  practices = join(folder, 'practices.json');
  await writeFile(practices, '{"7":"Old Mill Family Practice"}');
  line = await commandLine({ CHARTFOLD_SIMULATOR: 'off', CHARTFOLD_CONFIG: config });
});
afterAll(async () => {
  await line.close();
  await simulator.close();
  await rm(folder, { recursive: true });
});

describe('directory', () => {
  it('update fetches the lists of the portals that are on, and says when nothing has changed', async () => {
    const first = await line.run('directory', 'update', '--json');
    expect(JSON.parse(first.out.trim().split('\n').at(-1) ?? '')).toMatchObject({
      portal: 'athenahealth/production',
      outcome: 'read',
      clinics: 300,
    });
    const again = await line.run('directory', 'update');
    expect(again.code).toBe(0);
    expect(again.out).toContain('athenahealth: 300 clinics, unchanged');
  });

  it('status tells each list, and since when', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const { code, out } = await line.run('directory', 'status');
    expect(code).toBe(0);
    expect(out).toContain(
      `athenahealth  ${new URL(simulator.url).host}  300 clinics, as of ${today}`,
    );
  });

  it('search prints the likeliest first, with what connects it', async () => {
    const { code, out } = await line.run('directory', 'search', 'harbr', 'lane', 'family');
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(
      /^Harbor Lane Family Medicine {2}Rockport, ME 04856 {2}athenahealth\/production {2}--clinic 24411$/,
    );
    const nothing = await line.run('directory', 'search', 'zxcvbnm', '--json');
    expect(JSON.parse(nothing.out)).toEqual({ total: 0, isMore: false, clinics: [] });
  });

  it('search is answered by a running server too', async () => {
    const server = await line.serve();
    const { code, out } = await line.run('directory', 'search', 'harbor lane', '--limit', '1');
    server.process.kill('SIGTERM');
    await server.ended;
    expect(code).toBe(0);
    expect(out).toContain('--clinic 24411');
  });

  it('search says nothing to the terminal that a name on a list holds for it', async () => {
    const hostile = join(folder, 'hostile.json');
    const name = 'Red\u001b[31m Barn\u0007 Clinic\u009b2J\u202e';
    await writeFile(hostile, JSON.stringify({ 8: name }));
    await line.run('directory', 'import', hostile);
    const { out } = await line.run('directory', 'search', 'red', 'barn');
    expect(out).toContain('Red[31m Barn Clinic2J  ');
    const { out: json } = await line.run('directory', 'search', 'red', 'barn', '--json');
    expect(JSON.parse(json).clinics[0].name).toBe(name);
  });

  it('import reads a file, and fails with a sentence where it is none', async () => {
    const { code, out } = await line.run('directory', 'import', practices);
    expect([code, out.trim()]).toEqual([0, '1 clinic of athenahealth read.']);
    expect((await line.run('directory', 'search', 'old mill')).out).toContain('--clinic 7');
    const servers = join(folder, 'servers.json');
    await writeFile(servers, '[{"name":"Far Clinic","url":"https://far.example/r4"}]');
    expect((await line.run('directory', 'import', servers)).out).toBe('1 clinic of smart read.\n');
    expect((await line.run('directory', 'search', 'far clinic')).out.trim()).toBe(
      'Far Clinic  smart  server to be added in the app: https://far.example/r4',
    );
    const none = await line.run('directory', 'import', `${practices}x`);
    expect(none.code).toBe(1);
    expect(none.err).toContain('[directory.no_such_file]');
    const odd = await line.run('directory', 'import', practices, '--vendor', 'nobody');
    expect(odd.err).toContain('--vendor is one of athenahealth, healow, smart');
  });
});
