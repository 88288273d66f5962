// Owns `/`: to the timeline where there is a record, else the empty page with its ways on. Who was invited and shown
// nothing yet is told so.

import { useQuery } from '@tanstack/react-query';
import { Link, Navigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { apart } from '../../../fhir/text/shown.ts';
import { useCurrentPerson } from '../../app/person.ts';
import { sessionQuery, useConnections } from '../../app/queries.ts';
import { ButtonLink } from '../../parts/button.tsx';
import { FoldedChart } from '../../parts/folded-chart.tsx';
import { counted } from '../../parts/words.ts';
import { PageHeading } from '../../parts/page-heading.tsx';
import { usePageTitle } from '../../parts/page-title.ts';

/** The first page. */
export function StartPage() {
  usePageTitle('Chartfold');
  const person = useCurrentPerson();
  const session = useQuery(sessionQuery);
  const connections = useConnections();
  if (person && person.records > 0) {
    return <Navigate to="/people/$personId/timeline" params={{ personId: person.id }} replace />;
  }
  const account = session.data?.signedIn ? session.data.account : null;
  if (person && !person.manages) {
    return (
      <Empty
        sentence={`${person.kinds ? 'Nothing that you may see' : 'Nothing'} has been received for ${apart(person.name)} yet.`}
      >
        <p className="mt-3 text-ink2">Whoever manages this record can connect its portals.</p>
      </Empty>
    );
  }
  if (!person && account && !account.roles.includes('owner')) return <NothingShown />;
  const begun = connections.data?.length ?? 0;
  return (
    <Empty sentence="Connect the portals of your clinics, and their charts fold into one record that stays on the machine that Chartfold runs on.">
      <div className="mt-8 flex flex-wrap justify-center gap-3">
        <ButtonLink to="/connections/add" look="filled" className="text-15 desk:min-h-11 desk:px-5">
          <Plus size={16} strokeWidth={1.8} aria-hidden />
          Connect a portal
        </ButtonLink>
        {session.data?.signedIn && session.data.simulator && (
          <ButtonLink
            to="/connections/add"
            hash="sample"
            className="text-15 desk:min-h-11 desk:px-5"
          >
            Try the sample record
          </ButtonLink>
        )}
      </div>
      {begun > 0 && (
        <p className="mt-6 text-13 text-ink2">
          {counted(begun, 'connection is', 'connections are')} here, and nothing has been received
          yet.{' '}
          <Link to="/connections" className="text-teal underline-offset-4 hover:underline">
            See Connections
          </Link>
        </p>
      )}
    </Empty>
  );
}

function NothingShown() {
  return (
    <Empty sentence="No record is shown to you yet.">
      <p className="mt-3 max-w-[30rem] text-ink2">
        Whoever looks after one here can show it to you, whole or in part. It then stands in this
        place by itself. You can also begin a record of your own.
      </p>
      <div className="mt-8">
        <ButtonLink to="/connections/add" className="text-15 desk:min-h-11 desk:px-5">
          <Plus size={16} strokeWidth={1.8} aria-hidden />
          Connect a portal of yours
        </ButtonLink>
      </div>
    </Empty>
  );
}

function Empty({ sentence, children }: { sentence: string; children: ReactNode }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center px-6 py-12 text-center">
      <FoldedChart />
      <PageHeading className="mt-8 max-w-[34rem] text-balance">{sentence}</PageHeading>
      {children}
    </div>
  );
}
