// Owns the page that adds a server by its address: what was typed, what the server says of itself, under that the
// registration there, and the servers that are here already.

import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { apart } from '../../../fhir/text/shown.ts';
import { problemOf } from '../../app/api.ts';
import { useLookAtServer } from '../../app/actions.ts';
import { serversQuery } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Crumbs } from '../../parts/crumbs.tsx';
import { Field } from '../../parts/field.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { ProblemWords } from './problem-words.tsx';
import { ServerRegistration } from './server-registration.tsx';
import { ServersAdded } from './servers-added.tsx';

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** The clinic of a list whose server is to be added. */
    listed?: { name: string; address: string };
  }
}

/** `/connections/add/server`. A clinic that was chosen in the search is looked at without being asked to. */
export function AddServerPage() {
  usePageTitle('Add a server');
  const look = useLookAtServer();
  const listed = useListed(look.mutate);
  const [address, setAddress] = useState(listed?.address ?? '');
  const isListed = listed?.address === address;
  const servers = useQuery(serversQuery).data ?? [];
  const own = servers.find((one) => one.isOwn && one.fhirBaseUrl === look.data?.fhirBaseUrl);
  return (
    <div className="page">
      <Heading of={listed?.name ?? null} />
      <div className="max-w-2xl">
        <p className="mb-6 text-ink2">
          For any server that speaks SMART on FHIR, version R4. The clinic or its vendor gives the
          address, as “FHIR base URL” or “FHIR endpoint”, and a client id when you register
          Chartfold there.
        </p>
        <AddressForm
          address={address}
          look={look}
          onAddress={(text) => {
            setAddress(text);
            // What was found is at the address that was typed then.
            look.reset();
          }}
        />
        {look.data && (
          <ServerRegistration
            key={look.data.fhirBaseUrl}
            found={look.data}
            name={isListed ? listed.name : look.data.name}
            own={own ?? null}
          />
        )}
        <ServersAdded
          servers={servers}
          onPutRight={({ fhirBaseUrl }) => {
            setAddress(fhirBaseUrl);
            look.mutate(fhirBaseUrl);
          }}
        />
      </div>
    </div>
  );
}

function AddressForm({
  address,
  look,
  onAddress,
}: {
  address: string;
  look: ReturnType<typeof useLookAtServer>;
  onAddress: (text: string) => void;
}) {
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        look.mutate(address);
      }}
      className="flex flex-wrap items-start gap-3"
    >
      <Field
        label="Address of the server"
        type="text"
        inputMode="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="https://fhir.example.org/r4"
        required
        maxLength={2_000}
        value={address}
        error={look.error && <ProblemWords problem={problemOf(look.error)} />}
        onText={onAddress}
        className="min-w-60 flex-1"
      />
      <Button
        type="submit"
        look={look.data ? 'plain' : 'filled'}
        busy={look.isPending}
        className="mt-6 desk:min-h-9"
      >
        {look.isPending ? 'Looking' : 'Look at it'}
      </Button>
    </form>
  );
}

function Heading({ of: name }: { of: string | null }) {
  return (
    <>
      <Crumbs
        trail={[
          { name: 'Connections', to: '/connections' },
          { name: 'Connect a portal', to: '/connections/add' },
        ]}
        here="Add a server"
      />
      <PageHeading>
        {name === null
          ? 'Add a clinic’s server by its address'
          : `Add the server of ${apart(name)}`}
      </PageHeading>
    </>
  );
}

/** The clinic that was chosen, its server looked at once. It stands in the visit's state: a link from elsewhere looks at nothing. */
function useListed(look: (address: string) => void) {
  const listed = useLocation({ select: (l) => l.state.listed });
  const isAsked = useRef(false);
  useEffect(() => {
    if (!listed || isAsked.current) return;
    isAsked.current = true;
    look(listed.address);
  }, [listed, look]);
  return listed;
}
