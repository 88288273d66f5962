// Owns `portals`: every vendor and environment, with its state and what would switch it on.

import { jwksPath } from '../../keys/keyring.ts';
import type { Verb } from '../verb.ts';

export const portals: Verb = {
  name: 'portals',
  act: 'portals.list',
  async *run(app) {
    const rows = app.registry.entries.map((entry) => ({
      portal: entry.key,
      name: entry.name,
      environment: entry.environment,
      state: entry.registration ? (entry.simulated ? 'simulated' : 'on') : 'off',
      auth: entry.registration?.auth ?? null,
      renews: entry.registration ? entry.renews : null,
      fhirBaseUrl: entry.fhirBaseUrl,
      jwksUrl: app.config.jwksUrl ?? `${app.publicUrl}${jwksPath(entry.environment)}`,
      redirectUri: `${app.publicUrl}${entry.vendor.portal.callbackPath}`,
      switchOn: entry.registration ? null : entry.switchOn,
    }));
    yield {
      json: rows,
      text: rows
        .map(
          (r) =>
            `${r.portal}  ${r.state}${r.auth ? `, ${r.auth}` : ''}${r.renews === false ? ', each sync needs a sign-in' : ''}  ${r.switchOn ? `switched on by ${r.switchOn}` : r.fhirBaseUrl}`,
        )
        .join('\n'),
    };
  },
};
