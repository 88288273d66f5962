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
  const flags = (command: Command) =>
    command
      .option('--json', 'print JSON')
      .option('--as <account>', 'with the rights of this account; the operator’s without');
  const group = flags(root.command('servers'))
    .description('the servers that were added by their address')
    .action((given) => run(servers as Verb<never>, {}, given));
  flags(group.command('remove <name>'))
    .description('remove a server that no connection uses')
    .action((name, _flags, command: Command) =>
      run(dropServer as Verb<never>, { name }, command.optsWithGlobals()),
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
