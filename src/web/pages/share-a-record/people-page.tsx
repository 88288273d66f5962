// Owns the page of the people here: for each record one manages, who may see what; what one may read of the others;
// adding a person.

import { useQuery } from '@tanstack/react-query';
import type { GivenRight, Person } from '../../../http/contract.ts';
import { usePeople } from '../../app/person.ts';
import { rightsQuery, sessionQuery } from '../../app/queries.ts';
import { longDate } from '../../parts/dates.ts';
import { SampleBadge } from '../../parts/marks.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { Row, Rows, Section } from '../settings/section.tsx';
import { AddPerson } from './add-person.tsx';
import { GiveRight } from './give-right.tsx';
import { RightRow } from './right-row.tsx';
import { sightWords } from '../../parts/right-words.ts';

/** `/settings/people` */
export function PeoplePage() {
  usePageTitle('People');
  const people = usePeople();
  const managed = people.filter((p) => p.manages);
  const others = people.filter((p) => !p.manages);
  return (
    <>
      {people.length === 0 && (
        <p className="mb-8 text-ink2">
          There is no record here that you may see. Whoever looks after one can show it to you, and
          you can begin one of your own.
        </p>
      )}
      {managed.map((person) => (
        <ManagedRecord key={person.id} person={person} />
      ))}
      {others.length > 0 && (
        <Section
          title="Shown to you"
          intro="Records that others look after. They can take this back at any time."
        >
          <Rows label="Records shown to you">
            {others.map((p) => (
              <Row key={p.id} title={p.name} note={`You may read ${sightWords(p.kinds)}`} />
            ))}
          </Rows>
        </Section>
      )}
      <Section
        title="Add a person"
        intro="A record of their own, which you look after: a child, a parent, yourself."
      >
        <AddPerson />
      </Section>
    </>
  );
}

function isOnlyManager(right: GivenRight, all: readonly GivenRight[]): boolean {
  const lasting = all.filter((one) => one.level === 'manage' && one.expiresAt === null);
  return lasting.length === 1 && lasting[0]?.id === right.id;
}

function ManagedRecord({ person }: { person: Person }) {
  const { data, error, refetch } = useQuery(rightsQuery(person.id));
  const session = useQuery(sessionQuery);
  const account = session.data?.signedIn ? session.data.account : null;
  return (
    <Section
      title={
        <span className="flex flex-wrap items-center gap-x-2.5">
          {person.name}
          {person.sample && <SampleBadge />}
        </span>
      }
      intro={person.birthDate ? `Born ${longDate(person.birthDate)}` : 'Birth date not recorded'}
    >
      {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton lines={2} label="Loading who may see this record" />}
      {data && (
        <>
          <Rows label={`Who may see the record of ${person.name}`}>
            {data.rights.map((right) => (
              <RightRow
                key={right.id}
                personId={person.id}
                right={right}
                isOwn={right.accountId === account?.id}
                isOnlyManager={isOnlyManager(right, data.rights)}
              />
            ))}
          </Rows>
          <GiveRight
            person={person}
            accounts={data.accounts.filter((one) => one.id !== account?.id)}
            canInvite={account?.roles.includes('owner') ?? false}
          />
        </>
      )}
    </Section>
  );
}
