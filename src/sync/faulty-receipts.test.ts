// Proves what a person is told for each fault of the simulator's catalogue, and writes the receipts down: one page from
// which a reader can say what is missing, why, and who can act. Made again by running this with --update.

import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram } from '../../e2e/support/program.ts';
import { type FaultName, faultCatalogue, type FaultSetting } from '../../simulator/faults.ts';
import type { Receipt, ReceiptQuestion } from '../http/contract.ts';
import { presentOne } from '../http/present/overview.ts';
import { readReceiptFor } from '../http/present/receipt.ts';
import { operator } from '../access/policy.ts';
import type { ErrorCode } from '../platform/errors.ts';
import { athenahealthBehaviour } from '../portals/athenahealth/behaviour.ts';
import {
  menderWords,
  outcomeWord,
  receiptSentences,
  setAsideWords,
} from '../web/pages/read-a-receipt/receipt-words.ts';

const PAGE = resolve(import.meta.dirname, '../../docs/conformance/receipts-under-faults.gen.md');

type Expected = {
  /** The question looked at; about Observations unless said. */
  readonly question?: 'attachments' | 'capabilities' | 'observations-by-category' | 'practitioners';
  /** Of that question. */
  readonly outcome: ReceiptQuestion['outcome'];
  readonly code?: ErrorCode;
  readonly act?: 'person' | 'clinic' | 'operator' | 'us';
  readonly aimedAt?: string;
  /** What is set on beside the fault, and its own parameters. */
  readonly also?: readonly FaultSetting[];
  readonly with?: Partial<FaultSetting>;
  readonly setsAside?: boolean;
  /** The portal, where it is not the first: clinics that switch patients' interface on, or a total that is believed. */
  readonly at?: 'healow' | 'onpatient';
};
const full: Expected = { outcome: 'full' };
const file = { question: 'attachments', outcome: 'full' } as const;
/** Renews the access in the middle of the sync. */
const renewing = [{ name: '401.mid-sync', type: 'Observation' }] as const;
const lost = (code: ErrorCode, act: Expected['act'] = 'us'): Expected => ({
  outcome: 'failed',
  code,
  act,
});

/** What each fault comes to. Those of the sign-in itself have no receipt: callback.test.ts. */
const EXPECTED: Record<FaultName, Expected | 'sign-in'> = {
  'page.500': lost('fhir.server_error'),
  'page.429': lost('fhir.rate_limited'),
  'page.too-many': { ...full, with: { most: 30 } },
  'page.small': { ...full, with: { most: 10 } },
  'page.reset': lost('net.unreachable', 'operator'),
  'page.html-error': lost('fhir.server_error'),
  'page.truncated-json': lost('fhir.truncated'),
  'page.next-link-foreign-host': { outcome: 'part', code: 'sync.next_link_foreign', act: 'us' },
  'page.next-cycle': { outcome: 'part', code: 'sync.next_link_cycle', act: 'us' },
  'page.endless': { outcome: 'part', code: 'sync.limit_reached', act: 'us' },
  'page.other-patient': { ...full, setsAside: true },
  'clinic.api-off': {
    ...lost('connection.clinic_api_off', 'clinic'),
    at: 'healow',
  },
  'page.latin-1': full,
  'page.invalid-utf8': lost('fhir.undecodable'),
  'search.in-parts': { ...full, question: 'observations-by-category' },
  'search.no-count': full,
  'search.one-id': { ...full, question: 'practitioners', aimedAt: 'Practitioner' },
  'metadata.html': { ...lost('sync.capabilities_unread'), question: 'capabilities' },
  'metadata.empty': full,
  'lastUpdated.refused': full,
  'lastUpdated.ignored': full,
  'lastUpdated.stands-still': full,
  'reply.slow': { ...full, with: { delayMs: 20 } },
  '401.mid-sync': full,
  'access.revoked': { outcome: 'refused', code: 'fhir.forbidden', act: 'clinic' },
  'token.expires-early': full,
  'token.expired-code': 'sign-in',
  'token.html': { ...lost('smart.token_reply_invalid'), outcome: 'part', also: renewing },
  'token.slow': { ...full, also: renewing, with: { delayMs: 20 } },
  'token.rate-limit': full,
  'bundle.duplicate-entry': full,
  'bundle.total-wrong': {
    outcome: 'part',
    code: 'sync.fewer_than_told',
    act: 'us',
    at: 'onpatient',
  },
  'resource.key-order': full,
  'meta.lastUpdated-moves': full,
  'refresh.rotates': { ...full, also: renewing },
  'refresh.rotates-then-500': {
    ...lost('smart.renewal_cut_off', 'person'),
    outcome: 'part',
    also: renewing,
    with: { times: 1 },
  },
  'binary.is-raw-pdf': file,
  'binary.is-json': file,
  'binary.500': { ...file, ...lost('fhir.server_error'), setsAside: true },
  'binary.too-large': {
    ...file,
    outcome: 'part',
    code: 'sync.attachment_too_large',
    act: 'us',
    setsAside: true,
    with: { times: 1 },
  },
  'binary.foreign-host': {
    ...file,
    outcome: 'refused',
    code: 'sync.attachment_foreign',
    act: 'us',
    setsAside: true,
  },
  'attachment.url-signed': file,
  'clock.skew': full,
  'patient.20k-documents': { ...full, with: { documents: 500 } },
  'discovery.html': { ...lost('smart.discovery_failed'), outcome: 'part', also: renewing },
  'state.lost': 'sign-in',
  'scope.narrowed': 'sign-in',
};

const written: string[] = [];
describe('the receipt of a sync', () => {
  it.each(faultCatalogue.map(({ name, sentence }) => [name, sentence] as const))(
    'under %s adds up, and says what is missing, why, and who can act',
    async (name, sentence) => {
      const expected = EXPECTED[name];
      if (expected === 'sign-in') return;
      const behaviour = expected.question === 'attachments' ? GIVES_FILES : {};
      const program = await startProgram({
        vendor: patient,
        behaviour,
        ...(expected.at ? { portal: expected.at } : {}),
      });
      try {
        const connection =
          expected.at === 'healow'
            ? await program.connect({ clinicId: 'BDKCAA' }, tomas)
            : await program.connect();
        program.simulator.control.setFaults(settingsOf(name, expected));
        const run = await program.sync(connection);
        const receipt = await readReceiptFor(program, run.id);
        expectToAddUp(receipt);
        const asked = receipt.questions.find(
          (q) => q.key === (expected.question ?? 'observations'),
        );
        expect([asked?.outcome, asked?.reason?.code, asked?.reason?.act]).toEqual([
          expected.outcome,
          expected.code,
          expected.act,
        ]);
        expect(receipt.setAside > 0).toBe(expected.setsAside ?? false);
        await program.db.deleteFrom('job').execute();
        const { state } = await presentOne(program, operator, connection);
        expect(['ready', 'sign-in-again']).toContain(state.kind);
        written.push(sectionOf(name, sentence, receipt, state));
      } finally {
        await program.close();
      }
    },
    60_000,
  );

  it('stands on one page with those of all other faults', async () => {
    const head = `# Receipts under faults

What a person is told when a portal fails in each of the ways that the simulator knows. Each is one sync of a record of a few hundred resources, the fault striking the question about observations wherever it can be aimed. Made by \`src/sync/faulty-receipts.test.ts\`; do not edit.
`;
    await expect([head, ...written].join('\n')).toMatchFileSnapshot(PAGE);
  });
});

const tomas = { username: 'tomas@example.org', password: 'Sample-Login-1' };

/** A portal that refers to the files of its documents and gives them. */
const GIVES_FILES = {
  deniedToPatients: [],
  rates: { ...athenahealthBehaviour.rates, documentByReference: 1, documentInline: 0 },
};

/** Limits that a test can meet, and one question after the other, so that each time it is the same. */
function patient<V extends { portal: { limits: object; requests: object } }>(vendor: V): V {
  const { portal } = vendor;
  const limits = { ...portal.limits, pages: 40 };
  return {
    ...vendor,
    portal: { ...portal, limits, requests: { ...portal.requests, fewerAPage: 10, concurrency: 1 } },
  };
}

function settingsOf(name: FaultName, expected: Expected): FaultSetting[] {
  const { parameters } = faultCatalogue.find((one) => one.name === name) ?? { parameters: [] };
  const aimed = (parameters as readonly string[]).includes('type')
    ? { type: expected.aimedAt ?? 'Observation' }
    : {};
  return [{ name, ...aimed, ...expected.with }, ...(expected.also ?? [])];
}

function expectToAddUp(r: Receipt): void {
  expect(r.received).toBe(r.new + r.changed + r.unchanged);
  expect(r.asked).toBe(r.answeredInFull + r.inPart + r.refused + r.failed);
  expect(r.asked).toBe(r.questions.length);
  const sum = (pick: (q: ReceiptQuestion) => number) =>
    r.questions.reduce((total, q) => total + pick(q), 0);
  expect(r).toMatchObject({
    received: sum((q) => q.received),
    new: sum((q) => q.new),
    setAside: sum((q) => q.setAside),
    pages: sum((q) => q.pages),
  });
  for (const q of r.questions) {
    expect(q.received).toBe(q.new + q.changed + q.unchanged);
    expect(q.outcome === 'full').toBe(q.reason === null);
    if (q.reason) expect(menderWords(q.reason).who).not.toBe('');
  }
  const words = receiptSentences(r)
    .map(({ text }) => text)
    .join('');
  const isAll = (q: ReceiptQuestion) => q.outcome === 'full' && q.note === null && q.setAside === 0;
  expect(/complete/i.test(words)).toBe(r.questions.every(isAll));
  expect(r.narrowed).toBe(r.questions.filter((q) => q.outcome === 'full' && q.note).length);
}

function sectionOf(
  name: string,
  sentence: string,
  r: Receipt,
  state: { kind: string; sentence?: string },
): string {
  const letter = receiptSentences(r)
    .map(({ text }) => text)
    .join('');
  const rows = r.questions
    .filter((q) => q.reason || q.setAside > 0 || q.note)
    .map((q) => {
      const why = q.reason
        ? `${q.reason.sentence}${q.reason.portalSaid ? ` It said: “${q.reason.portalSaid}”.` : ''} ${menderWords(q.reason).who}.`
        : '';
      const aside = setAsideWords(q).join(' ');
      const words = [why, aside, why || aside ? '' : q.why].filter(Boolean).join(' ');
      return `| ${q.label}${q.note ? ` (${q.note})` : ''} | ${outcomeWord(q.outcome)} | ${q.received} | ${words} |`;
    });
  const table = rows.length
    ? [
        '| question | answer | received | why, and who can act |',
        '| --- | --- | --- | --- |',
        ...rows,
      ]
    : ['Every question was answered in full.'];
  const standing = state.kind === 'ready' ? '' : `The connection says: ${state.sentence}\n`;
  return [
    `## \`${name}\``,
    '',
    `The portal: ${sentence}`,
    '',
    `> ${letter}`,
    '',
    ...table,
    '',
    ...(standing ? [standing] : []),
  ].join('\n');
}
