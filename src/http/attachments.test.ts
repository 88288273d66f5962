// Proves what a browser is given of a record's files: the bytes as they came, in ranges, and never as a page of ours.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOf, type Browser, signedIn } from '../../e2e/support/http.ts';
import { startProgram, type TestProgram } from '../../e2e/support/program.ts';
import { createPerson } from '../access/people.ts';
import { athenahealthBehaviour } from '../portals/athenahealth/behaviour.ts';
import { prepare } from '../records/body.ts';
import { commitImport } from '../records/commit.ts';
import { createSource } from '../records/sources.ts';
import type { RecordSheet } from './contract.ts';
import { readRange } from './range.ts';

let program: TestProgram;
let browser: Browser;
let person: string;
let files: Record<string, string>;

const HTML = '<html><body onload="alert(document.cookie)">Grüße</body></html>';
const inside: Record<string, [type: string | undefined, bytes: Buffer, title?: string]> = {
  text: ['text/plain; charset=ISO-8859-1', Buffer.from('Grüße', 'latin1'), 'Letter'],
  html: ['text/html', Buffer.from(HTML)],
  svg: [
    'image/svg+xml',
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
  ],
  liar: ['application/pdf', Buffer.from(HTML)],
  silent: [undefined, Buffer.from(HTML)],
  header: [
    'text/html\r\nset-cookie: a=b',
    Buffer.from(HTML),
    'x"; filename="y.exe\r\n\u202egnp.exe',
  ],
  png: ['image/png', Buffer.from('89504e470d0a1a0a', 'hex'), '../../etc/passwd'],
};

beforeAll(async () => {
  program = await startProgram({
    behaviour: {
      deniedToPatients: [],
      rates: { ...athenahealthBehaviour.rates, documentInline: 0, documentByReference: 1 },
    },
  });
  const connection = await program.connect();
  await program.sync(connection);
  const { db } = program;
  const of = await db
    .selectFrom('connection')
    .select('person_id')
    .where('id', '=', connection)
    .executeTakeFirstOrThrow();
  person = of.person_id ?? '';
  await createSource(db, { id: 'files', kind: 'import', label: 'Files', sample: false, now: 0 });
  const incoming = Object.entries(inside).map(([id, [contentType, bytes, title]]) => {
    const attachment = { contentType, data: bytes.toString('base64'), title };
    const raw = JSON.stringify({
      resourceType: 'DocumentReference',
      id,
      content: [{ attachment }],
    });
    return { type: 'DocumentReference', id, raw, person };
  });
  const packs = await prepare(incoming);
  const batch = { importId: 'i', source: 'files', packs, volatilePaths: [], now: 0 };
  await commitImport(db, batch);
  const rows = await db.selectFrom('resource').select(['id', 'fhir_id']).execute();
  files = Object.fromEntries(rows.map((row) => [row.fhir_id, row.id]));
  browser = await signedIn(appOf(program));
}, 60_000);
afterAll(() => program.close());

const get = (record: string, headers: Record<string, string> = {}, n = '0') =>
  browser.fetch(`/api/people/${person}/records/${record}/attachments/${n}`, { headers });
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const header = (response: Response, name: string) => response.headers.get(name) ?? '';

async function aKeptOne() {
  return program.db
    .selectFrom('attachment')
    .selectAll()
    .where('comes', '=', 'reference')
    .executeTakeFirstOrThrow();
}

describe('a file of a record', () => {
  it('that came by itself is given as it came, to be shown and not to be kept', async () => {
    const { resource_id, bytes, title } = await aKeptOne();
    const response = await get(resource_id);
    expect(response.status).toBe(200);
    expect(header(response, 'content-type')).toBe('application/pdf');
    expect(header(response, 'content-length')).toBe(String(bytes));
    expect(header(response, 'content-disposition')).toContain(`inline; filename="${title}.pdf"`);
    expect(header(response, 'cache-control')).toBe('no-store, private');
    expect(header(response, 'x-content-type-options')).toBe('nosniff');
    const body = await bytesOf(response);
    expect(body.toString('latin1')).toMatch(/^%PDF-1\.4[^]*%%EOF\n$/);
    expect(body).toHaveLength(bytes ?? 0);
  });

  it.each(Object.keys(inside))(
    'that comes inside its record is cut out of it byte for byte: %s',
    async (id) => {
      const response = await get(files[id] ?? '');
      expect(response.status).toBe(200);
      expect(await bytesOf(response)).toEqual(inside[id]?.[1]);
      const rows = await program.db
        .selectFrom('attachment')
        .select('content_id')
        .where('resource_id', '=', files[id] ?? '')
        .execute();
      expect(rows).toEqual([{ content_id: null }]);
    },
  );

  it('is text in the characters that its type says', async () => {
    const type = header(await get(files.text ?? ''), 'content-type');
    expect(type).toBe('text/plain; charset=ISO-8859-1');
  });

  it.each(['html', 'svg', 'liar', 'silent', 'header'])(
    'that could act in a browser is saved, never shown: %s [CWE-79]',
    async (id) => {
      const response = await get(files[id] ?? '');
      expect(header(response, 'content-disposition')).toMatch(/^attachment; /);
      const policy = header(response, 'content-security-policy');
      expect(policy).toContain('sandbox');
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('allow-');
      expect(header(response, 'x-content-type-options')).toBe('nosniff');
      expect(header(response, 'content-type')).not.toBe('application/pdf');
      expect(response.headers.getSetCookie()).toEqual([]);
    },
  );

  it('has a name that stays in its folder and in its header [CWE-113]', async () => {
    const hostile = header(await get(files.header ?? ''), 'content-disposition');
    expect(hostile).toBe(
      'attachment; filename="x _ filename= y.exe gnp.exe.bin"; filename*=UTF-8\'\'x%20%3B%20filename%3D%20y.exe%20gnp.exe.bin',
    );
    const away = header(await get(files.png ?? ''), 'content-disposition');
    expect(away).toMatch(/^inline; filename="[^/\\]+passwd\.png"/);
  });

  it('has no further ones: what is no number of one is not there', async () => {
    for (const n of ['1', '-1', '0x0', '00000', '9999', 'a'])
      expect((await get(files.text ?? '', {}, n)).status).toBe(404);
  });

  it('is not there for another person’s address, as the record is not', async () => {
    const { db, clock } = program;
    const account = await db.selectFrom('account').select('id').executeTakeFirstOrThrow();
    const other = await createPerson(db, { name: 'Other', by: account.id, now: clock.now() });
    const path = `/api/people/${other.id}/records/${files.text}/attachments/0`;
    expect((await browser.fetch(path)).status).toBe(404);
  });

  it('that is not here is told with where it says why', async () => {
    const { resource_id, version_seq } = await aKeptOne();
    const row = program.db.updateTable('attachment').where('version_seq', '=', version_seq);
    const why = { state: 'refused', code: 'fhir.forbidden' } as const;
    await row.set(why).execute();
    const response = await get(resource_id);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'record.attachment_not_here' });
    const sheet = await browser.fetch(`/api/people/${person}/records/${resource_id}`);
    expect(((await sheet.json()) as RecordSheet).attachments).toMatchObject([
      { n: 0, state: 'refused', code: 'fhir.forbidden' },
    ]);
    await row.set({ state: 'kept', code: null }).execute();
  });

  it('is listed in its sheet with type and size', async () => {
    const sheet = await browser.fetch(`/api/people/${person}/records/${files.text}`);
    expect(((await sheet.json()) as RecordSheet).attachments).toEqual([
      {
        n: 0,
        title: 'Letter',
        contentType: 'text/plain; charset=ISO-8859-1',
        bytes: 5,
        state: 'kept',
        code: null,
        nextTryAt: null,
      },
    ]);
  });
});

describe('a range of a file', () => {
  it('is given by itself, with its place [RFC 9110 14.4]', async () => {
    const { resource_id, bytes } = await aKeptOne();
    const whole = await bytesOf(await get(resource_id));
    const response = await get(resource_id, { range: 'bytes=5-9' });
    expect(response.status).toBe(206);
    expect(header(response, 'content-range')).toBe(`bytes 5-9/${bytes}`);
    expect(header(response, 'content-length')).toBe('5');
    expect(await bytesOf(response)).toEqual(whole.subarray(5, 10));
    const end = await get(resource_id, { range: 'bytes=-6' });
    expect(await bytesOf(end)).toEqual(whole.subarray(-6));
  });

  it('beyond its end is refused with its size [RFC 9110 15.5.17]', async () => {
    const response = await get(files.text ?? '', { range: 'bytes=5-' });
    expect(response.status).toBe(416);
    expect(header(response, 'content-range')).toBe('bytes */5');
  });

  it('of another state than the present one is answered whole [RFC 9110 13.1.5]', async () => {
    const etag = header(await get(files.text ?? ''), 'etag');
    const ask = (condition: string) =>
      get(files.text ?? '', { range: 'bytes=0-1', 'if-range': condition });
    expect((await ask(etag)).status).toBe(206);
    expect((await ask('"another"')).status).toBe(200);
  });

  it.each([
    [undefined, 'whole'],
    ['bytes=0-0', { from: 0, to: 1 }],
    ['bytes=2-', { from: 2, to: 10 }],
    ['bytes=2-99', { from: 2, to: 10 }],
    ['bytes=-3', { from: 7, to: 10 }],
    ['bytes=-99', { from: 0, to: 10 }],
    ['bytes=10-', 'none-of-it'],
    ['bytes=-0', 'none-of-it'],
    ['bytes=5-2', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=0-1,4-5', 'whole'],
    ['lines=0-1', 'whole'],
  ])('is read from its header: %s of ten bytes', (of, wanted) => {
    expect(readRange(of, 10)).toEqual(wanted);
  });
});
