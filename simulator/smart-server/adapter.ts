// The storage of the authorization server's library, over the simulator's own state, so that grants outlive a
// restart. Clients are not stored: they are looked up among the registrations.

import type { Adapter, AdapterFactory, AdapterPayload, ClientMetadata } from 'oidc-provider';
import type { FaultSwitches } from '../faults.ts';
import type { SimulatorState } from '../state.ts';

/** Makes the adapters of one environment; `scope` keeps the environments apart. */
export function makeAdapters(
  state: SimulatorState,
  scope: string,
  faults: FaultSwitches,
  findClient: (clientId: string) => ClientMetadata | undefined,
): AdapterFactory {
  return (model): Adapter => ({
    async upsert(id, payload, expiresIn) {
      const expired =
        model === 'AuthorizationCode' && faults.strike('token.expired-code') !== undefined;
      const stored = expired ? { ...payload, exp: Math.floor(Date.now() / 1000) - 1 } : payload;
      state.upsertOidc(scope, model, id, stored as Record<string, unknown>, expiresIn);
    },
    async find(id) {
      if (model === 'Client') return findClient(id) as AdapterPayload | undefined;
      return read(state.findOidc(scope, model, id));
    },
    async findByUid(uid) {
      return read(state.findOidcByUid(scope, model, uid));
    },
    // Device codes are the only records with a user code, and they are not offered.
    async findByUserCode() {
      return undefined;
    },
    async consume(id) {
      state.consumeOidc(scope, model, id);
    },
    async destroy(id) {
      state.destroyOidc(scope, model, id);
    },
    async revokeByGrantId(grantId) {
      state.destroyOidcGrant(scope, model, grantId);
    },
  });
}

function read(record: ReturnType<SimulatorState['findOidc']>): AdapterPayload | undefined {
  if (record === undefined) return undefined;
  return {
    ...record.payload,
    ...(record.consumed === null ? {} : { consumed: record.consumed }),
  } as AdapterPayload;
}
