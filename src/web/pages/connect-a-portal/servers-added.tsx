// Owns the list of the servers that were added by their address: which there are, what uses them, and taking one off.

import { useState } from 'react';
import { apart } from '../../../fhir/text/shown.ts';
import type { AddedServers } from '../../../http/contract.ts';
import { useRemoveServer } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { longDate } from '../../parts/dates.ts';
import { InlineConfirm } from '../../parts/inline-confirm.tsx';
import { Notice } from '../../parts/page-states.tsx';
import { Row, Rows } from '../settings/section.tsx';
import { usedWords } from './server-words.ts';

export type AddedServer = AddedServers['servers'][number];

/** Nothing where there is none that the account looks after. */
export function ServersAdded({
  servers,
  onPutRight,
}: {
  servers: readonly AddedServer[];
  onPutRight: (server: AddedServer) => void;
}) {
  if (servers.length === 0) return null;
  return (
    <section aria-labelledby="servers-added" className="mt-10 border-t border-line pt-6">
      <h2 id="servers-added" className="mb-3 text-18 font-semibold">
        Servers added here
      </h2>
      <Rows label="Servers added here">
        {servers.map((server) => (
          <OneServer key={server.id} server={server} onPutRight={onPutRight} />
        ))}
      </Rows>
    </section>
  );
}

function OneServer({
  server,
  onPutRight,
}: {
  server: AddedServer;
  onPutRight: (server: AddedServer) => void;
}) {
  const [isAsking, setAsking] = useState(false);
  const remove = useRemoveServer();
  const { id, name, fhirBaseUrl, clientId, addedBy, addedAt, connections, hasOthers } = server;
  const isUsed = connections > 0 || hasOthers;
  const who = server.isOwn ? 'you' : (addedBy ?? 'somebody at the terminal');
  return (
    <Row
      title={name}
      note={
        <>
          <span className="block">
            {new URL(fhirBaseUrl).host}, client id {clientId}
          </span>
          Added by {apart(who)} on {longDate(addedAt.slice(0, 10))}. {usedWords(server)}
        </>
      }
      action={
        !isAsking && (
          <>
            {server.isOwn && (
              <Button look="text" onClick={() => onPutRight(server)}>
                Register anew<span className="sr-only"> at {name}</span>
              </Button>
            )}
            {!isUsed && (
              <Button look="quiet" onClick={() => setAsking(true)}>
                Remove<span className="sr-only"> {name}</span>
              </Button>
            )}
          </>
        )
      }
    >
      {isAsking && (
        <InlineConfirm
          question="It goes from the search, with the list of its clinics. What was received through it stays. To connect there again, somebody adds it anew."
          yes="Remove the server"
          no="Keep it"
          busy={remove.isPending}
          onYes={() => remove.mutate(id, { onError: () => setAsking(false) })}
          onNo={() => setAsking(false)}
        />
      )}
      {remove.error && <Notice error={remove.error} />}
    </Row>
  );
}
