// Proves that verifying looks at every sealed value there is, wherever a connected instance keeps one.

import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { startProgram } from '../../../e2e/support/program.ts';
import { createAudit } from '../../access/audit.ts';
import { newKeychain } from '../../platform/keychain/keychain.ts';
import { deriveKeys } from '../../platform/seal.ts';
import { verifyStore } from './verify.ts';

it('every sealed value of an instance with connections in each state is opened', async () => {
  const program = await startProgram({ auth: 'private_key_jwt' });
  try {
    const { db, store } = program;
    await program.signIn(); // Waits to be confirmed.
    await program.browse((await program.begin()).go); // Has not come back.
    const tables = await db.introspection.getTables();
    const held: string[] = [];
    for (const { name, columns } of tables)
      for (const column of columns) {
        const sealed = sql<{ n: number }>`select count(*) as n from ${sql.table(name)}
          where typeof(${sql.ref(column.name)}) = 'text' and ${sql.ref(column.name)} like 's1.%'`;
        const n = (await sealed.execute(db)).rows[0]?.n ?? 0;
        held.push(...Array.from({ length: n }, () => `${name}.${column.name}`));
      }
    expect(new Set(held)).toEqual(
      new Set([
        'signing_key.private_key',
        'connection_grant.access_token',
        'connection_grant.refresh_token',
        'connect_attempt.secrets',
        'connection.candidate',
      ]),
    );
    const keychain = { ...newKeychain(), ...deriveKeys(new Uint8Array(32).fill(7)) };
    await createAudit({ ...program, key: keychain.audit }).flush();
    const { sealed, faults } = await verifyStore(store, keychain);
    expect(sealed).toBe(held.length);
    expect(faults).toEqual([]);
  } finally {
    await program.close();
  }
});
