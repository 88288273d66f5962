// Proves the verbs that need no portal, as processes: what they print, how they end, and that a running server
// changes nothing of it.

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../../e2e/support/command-line.ts';

const PATIENT =
  '{"resourceType":"Patient","id":"p1","name":[{"given":["Ada"],"family":"Lovelace"}],"birthDate":"1985-03-01"}';
const RESULT =
  '{"resourceType" : "Observation","id":"o1","subject":{"reference":"Patient/p1"},"code":{"text":"Glucose"},"valueQuantity":{"value":565.60,"unit":"mg\\/dL"}}';
const BUNDLE = `{"resourceType":"Bundle","type":"collection","entry":[{"resource":${PATIENT}},{"resource":${RESULT}}]}`;

let line: CommandLine;
let bundle: string;
beforeAll(async () => {
  line = await commandLine({ CHARTFOLD_SIMULATOR: 'off' });
  bundle = join(line.directory, 'bundle.json');
  await writeFile(bundle, BUNDLE);
});
afterAll(() => line.close());

const records = async () => {
  const { out } = await line.run('people', 'list', '--json');
  return (JSON.parse(out) as { records: number }[]).map((person) => person.records);
};

describe('the command line', () => {
  it('says what it knows when asked for help, and ends well', async () => {
    const { code, out } = await line.run('--help');
    expect(code).toBe(0);
    for (const verb of [
      'serve',
      'stop',
      'simulate',
      'selftest',
      'sign-in-link',
      'people',
      'portals',
      'connect',
      'disconnect',
      'connections',
      'sync',
      'receipt',
      'import',
      'export',
    ])
      expect(out).toMatch(new RegExp(`^  ${verb}\\b`, 'm'));
  });

  it('given what it does not know says how it is used, on standard error, and fails', async () => {
    const unknown = [
      ['unknown'],
      [],
      ['people', 'remove'],
      ['export'],
      ['export', '--format', 'pdf'],
      ['portals', '--odd'],
      ['receipt'],
    ];
    for (const { code, out, err } of await Promise.all(unknown.map((args) => line.run(...args)))) {
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain('Usage: chartfold');
    }
  });

  it('says all faults of the configuration, and starts nothing', async () => {
    const faulty = line.start(['people', 'list'], {
      PORT: 'x',
      CHARTFOLD_LOG: 'loud',
      ATHENA_CLIENT_ID: 'a',
      ATHENA_AUTH: 'magic',
      CHARTFOLD_DATA_DIR: join(line.directory, 'never'),
    });
    const { code, out, err } = await faulty.ended;
    expect([code, out]).toEqual([1, '']);
    for (const key of ['PORT: ', 'CHARTFOLD_LOG: ', 'ATHENA_AUTH: '])
      expect(err).toContain(`\n  ${key}`);
    expect(err).toContain('[config.invalid]');
    expect(existsSync(join(line.directory, 'never'))).toBe(false);
  });
});

describe('without a server', () => {
  it('people are listed and added', async () => {
    expect(await line.run('people', 'list')).toMatchObject({
      code: 0,
      out: 'Nobody yet.\n',
      err: '',
    });
    const added = await line.run('people', 'add', ' Bo ', '--birth-date', ' 2001-02-03 ', '--json');
    expect(JSON.parse(added.out)).toMatchObject({ name: 'Bo', birthDate: '2001-02-03' });
    const { out } = await line.run('people', 'list');
    expect(out).toMatch(/^[\w-]{22} {2}Bo, born 2001-02-03, 0 records\n$/);
  });

  it.each([
    [['people', 'add', '  '], 'say the name'],
    [['people', 'add', 'Cy', '--birth-date', 'soon'], 'YYYY-MM-DD'],
    [['people', 'add', 'Cy', '--birth-date', '2001-02-30'], 'YYYY-MM-DD'],
    [['people', 'add', 'Cy', '--birth-date', '2001-02-03T10:00Z'], 'YYYY-MM-DD'],
    [['receipt', 'nothing'], '[record.not_found]'],
    [['sync', 'nothing'], '[connection.not_found]'],
    [['disconnect', 'nothing', '--keep'], '[connection.not_found]'],
    [['disconnect', 'nothing'], 'say --keep'],
    [['export', '--format', 'ndjson', '--person', 'Nobody'], '[person.not_found]'],
    [['export', '--format', 'raw'], '--out names the folder'],
    [['connect', 'nowhere'], '[connection.unknown_portal]'],
    [['connect', 'athenahealth'], 'ATHENA_CLIENT_ID'],
    [['stop'], '[http.server_not_running]'],
  ])('%j fails with a sentence: %s', async (args, said) => {
    const { code, out, err } = await line.run(...args);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(said);
    expect(err).not.toMatch(/^\s+at /m);
  });

  it('each portal is said to be off, with what would switch it on', async () => {
    const { code, out } = await line.run('portals', '--json');
    expect(code).toBe(0);
    const portals = JSON.parse(out) as { portal: string; state: string; switchOn: string }[];
    expect(portals.map(({ portal, state, switchOn }) => [portal, state, switchOn])).toEqual(
      expect.arrayContaining([
        ['athenahealth/production', 'off', 'ATHENA_CLIENT_ID'],
        ['athenahealth/preview', 'off', 'ATHENA_SANDBOX_CLIENT_ID'],
        ['healow/preview', 'off', 'HEALOW_SANDBOX_CLIENT_ID'],
        ['onpatient/production', 'off', 'ONPATIENT_CLIENT_ID'],
      ]),
    );
    expect(portals.every(({ state }) => state === 'off')).toBe(true);
    expect((await line.run('connections')).out).toBe('Nothing is connected yet.\n');
    expect((await line.run('sync', '--all', '--json')).out).toBe('[]\n');
  });
});

describe('importing', () => {
  it('stores each record once, and says so', async () => {
    const first = await line.run('import', '--person', 'new', bundle);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('2 read, 2 new, 0 changed, 0 unchanged');
    expect(first.out).toContain('New here: Ada Lovelace');
    const second = await line.run('import', bundle, '--json');
    expect(JSON.parse(second.out).files).toMatchObject([{ read: 2, new: 0, unchanged: 2 }]);
    expect(await records()).toEqual([0, 2]);
  });

  it('a file that is missing, a page, cut short or something else says so, fails, and stores nothing', async () => {
    const files = [
      ['missing.json', null, 'import.unreadable'],
      ['page.json', '<!DOCTYPE html><html><body>Sign in</body></html>', 'import.not_fhir'],
      ['cut.json', BUNDLE.slice(0, -20), 'import.not_fhir'],
      ['empty.json', '', 'import.not_fhir'],
      ['other.json', '{"hello":"world"}', 'import.not_fhir'],
      [
        'aside.json',
        '{"resourceType":"Bundle","entry":[{"resource":{"id":"x"}}]}',
        'import.nothing_stored',
      ],
    ] as const;
    const before = await records();
    for (const [name, content, code] of files) {
      const file = join(line.directory, name);
      if (content !== null) await writeFile(file, content);
      const ended = await line.run('import', '--person', 'new', file);
      expect([name, ended.code]).toEqual([name, 1]);
      expect(ended.err).toContain(`[${code}]`);
      expect(ended.err).toContain(name);
      expect(ended.err).not.toMatch(/^\s+at /m);
    }
    expect(await records()).toEqual(before);
  });

  it('with a file that is wrong stores the others, and fails', async () => {
    const ended = await line.run('import', bundle, join(line.directory, 'missing.json'));
    expect(ended.code).toBe(1);
    expect(ended.out).toContain(`${bundle}: 2 read`);
  });

  it('for a person that is not there stores nothing', async () => {
    const ended = await line.run('import', '--person', 'Nobody', bundle);
    expect([ended.code, ended.out]).toEqual([1, '']);
    expect(ended.err).toContain('[person.not_found]');
  });

  it('asked to ask, without a terminal, says how to say it', async () => {
    const file = join(line.directory, 'stranger.json');
    await writeFile(
      file,
      BUNDLE.replaceAll('p1', 'p9').replace('Ada', 'Eva').replace('1985', '1990'),
    );
    const before = await records();
    const ended = await line.run('import', '--person', 'ask', file);
    expect(ended.code).toBe(1);
    expect(ended.err).toContain('--person');
    expect(await records()).toEqual(before);
  });
});

describe('exporting', () => {
  it('gives each record on a line, with its tokens as they came', async () => {
    const { code, out, err } = await line.run(
      'export',
      '--format',
      'ndjson',
      '--person',
      'ada lovelace',
    );
    expect([code, err]).toEqual([0, '']);
    expect(out.trimEnd().split('\n').sort()).toEqual([RESULT.replace(' : ', ':'), PATIENT].sort());
  });

  it('gives the very characters in files, and only into an empty folder', async () => {
    const out = join(line.directory, 'raw');
    await mkdir(out);
    const ended = await line.run(
      'export',
      '--format',
      'raw',
      '--person',
      'Ada Lovelace',
      '--out',
      'raw',
    );
    expect(ended).toMatchObject({ code: 0, out: `2 files written to ${out}\n` });
    const files = (await readdir(out, { recursive: true, withFileTypes: true })).filter((f) =>
      f.isFile(),
    );
    const texts = await Promise.all(files.map((f) => readFile(join(f.parentPath, f.name), 'utf8')));
    expect(texts.sort()).toEqual([PATIENT, RESULT].sort());
    const before = await readdir(out, { recursive: true });
    const again = await line.run('export', '--format', 'raw', '--out', 'raw');
    expect([again.code, again.out]).toEqual([1, '']);
    expect(again.err).toContain('[export.target_not_empty]');
    expect(again.err).toContain(out);
    expect(await readdir(out, { recursive: true })).toEqual(before);
  });

  it('to a reader that has gone ends without a word', async () => {
    const exporting = line.start(['export', '--format', 'ndjson']);
    exporting.process.stdout?.destroy();
    const { code, err } = await exporting.ended;
    expect([code, err]).toEqual([141, '']);
  });
});

describe('beside a running server', () => {
  const REPORTS = [
    ['people', 'list'],
    ['people', 'list', '--json'],
    ['portals'],
    ['portals', '--json'],
    ['connections', '--json'],
    ['export', '--format', 'ndjson'],
    ['receipt', 'nothing'],
    ['sync', 'nothing'],
    ['export', '--format', 'ndjson', '--person', 'Nobody'],
  ];

  it('each verb says and ends as without one', async () => {
    const alone = [];
    for (const args of REPORTS) alone.push(await line.run(...args));
    const server = await line.serve();
    const beside = await Promise.all(REPORTS.map((args) => line.run(...args)));
    expect(beside).toEqual(alone);

    const again = await line.run('import', bundle);
    expect(again.out).toContain('2 read, 0 new, 0 changed, 2 unchanged');
    const wrong = await line.run('import', join(line.directory, 'page.json'));
    expect([wrong.code, wrong.err.includes('[import.not_fhir]')]).toEqual([1, true]);

    const link = await line.run('sign-in-link', '--json');
    expect(JSON.parse(link.out).url).toMatch(`${line.publicUrl}/sign-in#`);

    const second = await line.run('serve');
    expect([second.code, second.out]).toEqual([1, '']);
    expect(second.err).toContain(`process ${server.process.pid} at ${line.publicUrl}`);
    expect(second.err).toContain('[store.in_use]');

    const elsewhere = line.start(['serve'], {
      CHARTFOLD_DATA_DIR: join(line.directory, 'data2'),
      CHARTFOLD_SECRET_FILE: join(line.directory, 'secret2'),
    });
    const refused = await elsewhere.ended;
    expect(refused.code).toBe(1);
    expect(refused.err).toContain(`PORT ${line.port}`);
    expect(refused.err).toContain('[config.port_in_use]');

    expect(await line.run('stop')).toMatchObject({ code: 0, out: 'Stopped.\n' });
    expect((await server.ended).code).toBe(0);
    expect((await line.run('stop')).code).toBe(1);
  }, 60_000);

  it.each([
    [{ HOST: '192.0.2.1' }, 'HOST: 192.0.2.1 is no address of this machine'],
    [{ HOST: 'nowhere.invalid' }, 'HOST: nowhere.invalid is no address of this machine'],
  ])('that cannot listen at %j says which key to change', async (env, said) => {
    const { code, err } = await line.start(['serve'], env).ended;
    expect(code).toBe(1);
    expect(err).toContain(said);
  });
});
