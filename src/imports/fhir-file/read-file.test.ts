// Proves which files are read, in which form, and how what is broken is named.

import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileOnDisk, readItems } from './read-file.ts';
import { bundle, textFile } from './test-aids.ts';
import type { FhirFile } from './types.ts';

const one = '{"resourceType":"Patient","id":"1"}';
const two = '{"resourceType":"Condition","id":"2"}';

async function read(file: FhirFile): Promise<string[]> {
  const found: string[] = [];
  for await (const item of readItems(file, { last: 0 })) {
    found.push(
      item.kind === 'fault'
        ? `${item.fault.place}: ${item.fault.code}`
        : `${item.entry.place}: ${item.entry.type}/${item.entry.resourceId} in ${item.entry.scope}`,
    );
  }
  return found;
}

const readText = (text: string) => read(textFile('f', text));

describe('a file', () => {
  it.each([
    ['one resource on one line', one, ['line 1: Patient/1 in 0']],
    [
      'one resource over several lines',
      `\n{\n"resourceType":"Patient","id":"1"}\n`,
      [': Patient/1 in 0'],
    ],
    [
      'NDJSON with blank lines and Windows line ends',
      `\uFEFF${one}\r\n\r\n${two}\r\n`,
      ['line 1: Patient/1 in 0', 'line 3: Condition/2 in 0'],
    ],
    [
      'NDJSON without a line end at its end',
      `${one}\n${two}`,
      ['line 1: Patient/1 in 0', 'line 2: Condition/2 in 0'],
    ],
    [
      'a bundle a line',
      `{"resourceType":"Bundle","entry":[{"resource":${one}}]}\n${two}`,
      ['line 1, entry 1: Patient/1 in 1', 'line 2: Condition/2 in 0'],
    ],
    ['an empty bundle', '{"resourceType":"Bundle"}', []],
  ])('of %s is read', async (_what, text, items) => {
    expect(await readText(text)).toEqual(items);
  });

  it.each(['transaction', 'batch', 'collection', 'searchset', 'document'])(
    'of a %s bundle is read',
    async (type) => {
      expect(await read(bundle('b', [{ resource: JSON.parse(one) }], type))).toEqual([
        'entry 1: Patient/1 in 1',
      ]);
    },
  );

  it('of a bundle within a bundle is read in order, each with ids of its own', async () => {
    const inner = { resourceType: 'Bundle', entry: [{ resource: JSON.parse(one) }] };
    const file = bundle('b', [{ resource: inner }, { resource: JSON.parse(two) }]);
    expect(await read(file)).toEqual([
      'entry 1, entry 1: Patient/1 in 2',
      'entry 2: Condition/2 in 1',
    ]);
  });

  it('of bundles within bundles is read to the sixteenth, and what lies deeper is named', async () => {
    const within = (depth: number): object => ({
      resourceType: 'Bundle',
      entry: [
        ...(depth > 1 ? [{ resource: within(depth - 1) }] : []),
        { resource: JSON.parse(two) },
      ],
    });
    const found = await read(textFile('f', JSON.stringify(within(16))));
    expect(found).toHaveLength(16);
    expect(found).not.toContainEqual(expect.stringContaining('import.'));
    const cut = await read(textFile('f', JSON.stringify(within(18))));
    expect(cut).toHaveLength(17);
    expect(cut[0]).toBe(`line 1, ${Array(16).fill('entry 1').join(', ')}: import.nested_too_deep`);
  });

  it('of 20,000 bundles within one another is read in the time of a few', async () => {
    const open = '{"resourceType":"Bundle","entry":[{"resource":'.repeat(20_000);
    expect(await readText(`${open}${one}${'}]}'.repeat(20_000)}`)).toHaveLength(1);
  }, 5_000);

  it('names each entry that is no resource of a record, and goes on', async () => {
    const file = bundle('b', [
      { response: { status: '201' } },
      { resource: { resourceType: 'OperationOutcome', id: 'x' } },
      { resource: { resourceType: 'Patient' } },
      { fullUrl: 'urn:uuid:5', resource: { resourceType: 'Patient' } },
      { resource: { id: 'x' } },
    ]);
    expect((await read(file)).sort()).toEqual([
      'entry 1: import.not_a_resource',
      'entry 2: import.not_a_resource',
      'entry 3: import.not_a_resource',
      'entry 4: Patient/undefined in 1',
      'entry 5: import.not_a_resource',
    ]);
  });

  it.each([
    ['in the middle', `${one}\n{"resourceType":"Pat\n${two}\n`, 2],
    ['at the start', `{"resourceType":"Pat\n${one}\n${two}\n`, 1],
    ['at the end', `${one}\n${two}\n<html>\n`, 3],
  ])('of NDJSON with a broken line %s names it and goes on', async (_where, text, number) => {
    const items = await readText(text);
    expect(items).toHaveLength(3);
    expect(items[number - 1]).toBe(`line ${number}: import.not_a_resource`);
  });

  it('with a line that is no UTF-8 names it, since it could not be kept exactly', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${one}\n{"resourceType":"A","id":"`),
      Buffer.from([0xff]),
      Buffer.from('"}\n'),
    ]);
    const file: FhirFile = {
      name: 'f',
      open: async function* () {
        yield bytes;
      },
    };
    expect(await read(file)).toEqual(['line 1: Patient/1 in 0', 'line 2: import.not_a_resource']);
  });

  it.each([
    ['nothing', ''],
    ['blank lines', ' \n\n'],
    ['a web page', '<!doctype html>\n<html></html>'],
    ['a list', '[1]'],
    ['JSON of another kind', '{"a":1}'],
    ['a document that breaks off', '{\n"resourceType":"Bundle","entry":[{"resource":{'],
  ])('of %s is refused', async (_what, text) => {
    await expect(readText(text)).rejects.toMatchObject({ code: 'import.not_fhir' });
  });

  it('on disk is read, or said to be unreadable', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'chartfold-import-'));
    const path = join(dir, 'a.ndjson');
    writeFileSync(path, `${one}\n`);
    expect(fileOnDisk(path).name).toBe(path);
    expect(await read(fileOnDisk(path))).toEqual(['line 1: Patient/1 in 0']);
    rmSync(dir, { recursive: true });
    await expect(read(fileOnDisk(path))).rejects.toMatchObject({ code: 'import.unreadable' });
  });

  it('on disk is read as far as it went when it was opened, however it grows meanwhile', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'chartfold-import-'));
    const path = join(dir, 'log.ndjson');
    writeFileSync(path, `${one}\n`);
    const growing: FhirFile = {
      name: path,
      async *open() {
        for await (const chunk of fileOnDisk(path).open()) {
          if (statSync(path).size < 1000) appendFileSync(path, `${two}\n`);
          yield chunk;
        }
      },
    };
    expect(await read(growing)).toEqual(['line 1: Patient/1 in 0']);
    rmSync(dir, { recursive: true });
  });
});
