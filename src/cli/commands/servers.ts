// Owns `servers` and `servers remove`: the servers that were added by their address.

import type { Command } from 'commander';
import { removableServer, removeServer } from '../../connections/added-servers.ts';
import type { AddedServers } from '../../http/contract.ts';
import { presentServers } from '../../http/present/servers.ts';
import type { Verb } from '../verb.ts';

export const servers: Verb = {
  name: 'servers',
  act: 'portals.list',
  async *run(app, _args, { actor }) {
    const { servers: all } = await presentServers(app, actor);
    yield {
      json: all,
      text: all.map(lineOf).join('\n') || 'No server was added by its address.',
    };
  },
};

export const dropServer: Verb<{ name: string }> = {
  name: 'servers-remove',
  act: 'portals.remove',
  async *run(app, { name }, { actor }) {
    const server = await removableServer(app.db, actor, (one) => one.name === name);
    await removeServer(app, server);
    yield { json: { id: server.id, name }, text: `${name} is removed.` };
  },
};

/** Adds the verbs; `run` is how those run that a server can answer. */
export function serverVerbs(
  root: Command,
  run: (verb: Verb<never>, args: object, flags: object) => Promise<void>,
): void {
  const group = root.command('servers').description('the servers that were added by their address');
  const verb = (words: string, summary: string, isDefault: boolean) =>
    group
      .command(words, { isDefault })
      .description(summary)
      .option('--json', 'print JSON')
      .option('--as <account>', 'with the rights of this account; the operator’s without');
  verb('list', 'which there are, who added them, and what uses them', true).action((flags) =>
    run(servers as Verb<never>, {}, flags),
  );
  verb('remove <name>', 'remove a server that no connection uses', false).action((name, flags) =>
    run(dropServer as Verb<never>, { name }, flags),
  );
}

function lineOf(server: AddedServers['servers'][number]): string {
  const { name, fhirBaseUrl, clientId, addedBy, addedAt, connections, hasOthers } = server;
  const used = `${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  return [
    name,
    fhirBaseUrl,
    `as ${clientId}`,
    `added${addedBy === null ? '' : ` by ${addedBy}`} on ${addedAt.slice(0, 10)}`,
    `${used}${hasOthers ? ' and others' : ''}`,
  ].join('  ');
}
