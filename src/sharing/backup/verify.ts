// Owns finding what is damaged in a store: its pages, what every raw text hashes to, the audit chain, what is sealed.
// Each fault has a place. It changes nothing.

import { type ChainState, verifyChain } from '../../access/audit.ts';
import { checkpointSigner } from '../../access/checkpoint.ts';
import type { Db, Store } from '../../platform/db/db.ts';
import { asChartfoldError, isChartfoldError } from '../../platform/errors.ts';
import type { Keychain } from '../../platform/keychain/keychain.ts';
import { createSealer, type Sealed } from '../../platform/seal.ts';
import { verifyContents } from '../../records/attachment-content.ts';
import { textHash } from '../../records/body.ts';
import { type Texts, textsOf } from '../../records/texts.ts';

export type Fault = { readonly place: string; readonly what: string };
export type Verified = {
  readonly versions: number;
  readonly auditLines: number;
  readonly sealed: number;
  /** Files that came by themselves. */
  readonly attachments: number;
  readonly faults: readonly Fault[];
};

const BATCH = 500;

/**
 * Goes through the whole store, as it is at one moment.
 * @param checkpoints texts of audit checkpoints that were kept elsewhere
 * @throws `audit.checkpoint_invalid`
 */
export async function verifyStore(
  store: Store,
  keychain: Keychain,
  checkpoints: readonly string[] = [],
): Promise<Verified> {
  const signer = checkpointSigner(keychain.checkpoint);
  const kept = checkpoints.map((text) => signer.read(text));
  const faults: Fault[] = (await store.integrity()).map((what) => ({ place: 'database', what }));
  return store.db.transaction().execute(async (trx) => ({
    versions: await part('records', faults, () => verifyBodies(trx, faults)),
    auditLines: await part('audit', faults, () => verifyAudit(trx, keychain, kept, faults)),
    attachments: await part('files of records', faults, () => verifyAttachments(trx, faults)),
    sealed: await part('sealed values', faults, () => verifySealed(trx, keychain, faults)),
    faults,
  }));
}

/** Where pages can't be read, the rest is still looked at. */
async function part(place: string, faults: Fault[], work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!isChartfoldError(error, 'store.corrupt')) throw error;
    faults.push({ place, what: 'pages of the database that hold it are damaged' });
    return 0;
  }
}

async function verifyBodies(db: Db, faults: Fault[]): Promise<number> {
  let count = 0;
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom('resource_version')
      .select(['seq', 'raw_hash'])
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(BATCH)
      .execute();
    const texts = await textsOf(
      db,
      rows.map(({ seq }) => seq),
    );
    for (const { seq, raw_hash } of rows) {
      count += 1;
      const what = faultOfText(texts, seq, raw_hash);
      if (what) faults.push({ place: `version ${seq}`, what });
    }
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return count;
    after = last.seq;
  }
}

function faultOfText(texts: Texts, seq: number, rawHash: string): string | null {
  try {
    const text = texts.get(seq);
    if (text === undefined) return 'its text is missing';
    return textHash(text) === rawHash ? null : 'its text is not what was received';
  } catch {
    return 'its text can’t be unpacked'; // Whatever the decompressor says of it.
  }
}

async function verifyAttachments(db: Db, faults: Fault[]): Promise<number> {
  let count = 0;
  for await (const { id, what } of verifyContents(db)) {
    count += 1;
    if (what) faults.push({ place: `file ${id.slice(0, 12)}`, what });
  }
  return count;
}

async function verifyAudit(
  db: Db,
  { audit: key }: Keychain,
  kept: readonly ChainState[],
  faults: Fault[],
): Promise<number> {
  const { lines, faults: found } = await verifyChain(db, key, kept);
  for (const { seq, what } of found) faults.push({ place: `audit line ${seq}`, what });
  return lines;
}

/** Every column that holds sealed values, and what each is bound to. */
async function sealedValues(db: Db): Promise<{ context: string; sealed: Sealed | null }[]> {
  const keys = await db.selectFrom('signing_key').select(['kid', 'private_key']).execute();
  const grants = await db.selectFrom('connection_grant').selectAll().execute();
  const attempts = await db.selectFrom('connect_attempt').select(['id_hash', 'secrets']).execute();
  const connections = await db.selectFrom('connection').select(['id', 'candidate']).execute();
  return [
    ...keys.map((row) => ({ context: `signing_key/${row.kid}`, sealed: row.private_key })),
    ...grants.flatMap(({ connection_id: id, access_token, refresh_token }) => [
      { context: `connection_grant/${id}/access`, sealed: access_token },
      { context: `connection_grant/${id}/refresh`, sealed: refresh_token },
    ]),
    ...attempts.map((row) => ({ context: `connect_attempt/${row.id_hash}`, sealed: row.secrets })),
    ...connections.map((row) => ({
      context: `connection/${row.id}/candidate`,
      sealed: row.candidate,
    })),
  ];
}

async function verifySealed(db: Db, keychain: Keychain, faults: Fault[]): Promise<number> {
  const sealer = createSealer(keychain.seal);
  let count = 0;
  for (const { context, sealed } of await sealedValues(db)) {
    if (sealed === null) continue;
    count += 1;
    try {
      sealer.open(sealed, context);
    } catch (error) {
      faults.push({ place: context, what: asChartfoldError(error).code });
    }
  }
  return count;
}
