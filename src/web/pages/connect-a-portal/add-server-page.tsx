// Owns the page that adds a server by its address: what was typed, what the server says of itself, and under that the
// registration there.

import { useState } from 'react';
import { problemOf } from '../../app/api.ts';
import { useLookAtServer } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { Crumbs } from '../../parts/crumbs.tsx';
import { Field } from '../../parts/field.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { ProblemWords } from './problem-words.tsx';
import { ServerRegistration } from './server-registration.tsx';

/** `/connections/add/server`. */
export function AddServerPage() {
  usePageTitle('Add a server');
  const [address, setAddress] = useState('');
  const look = useLookAtServer();
  return (
    <div className="page">
      <Crumbs
        trail={[
          { name: 'Connections', to: '/connections' },
          { name: 'Connect a portal', to: '/connections/add' },
        ]}
        here="Add a server"
      />
      <PageHeading>Add a clinic’s server by its address</PageHeading>
      <div className="max-w-2xl">
        <p className="mb-6 text-ink2">
          For any server that speaks SMART on FHIR, version R4. The clinic or its vendor gives the
          address, as “FHIR base URL” or “FHIR endpoint”, and a client id when you register
          Chartfold there.
        </p>
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
            onText={(text) => {
              setAddress(text);
              // What was found is at the address that was typed then.
              look.reset();
            }}
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
        {look.data && <ServerRegistration key={look.data.fhirBaseUrl} found={look.data} />}
      </div>
    </div>
  );
}
