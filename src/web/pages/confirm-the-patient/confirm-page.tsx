// Owns the step between signing in at a portal and storing anything: the person says whose record
// this is.

import { Link, Navigate, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { apart, listedApart } from '../../../fhir/text/shown.ts';
import type { Connection } from '../../../http/contract.ts';
import { useConfirm, useReject } from '../../app/actions.ts';
import { useConnections } from '../../app/queries.ts';
import { Button } from '../../parts/button.tsx';
import { Crumbs } from '../../parts/crumbs.tsx';
import { longDate } from '../../parts/dates.ts';
import { PreviewBadge, SampleBadge } from '../../parts/marks.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { short } from '../../parts/short.ts';
import { Warning } from '../../parts/warning.tsx';
import { counted, sentenceCase, sexInWords } from '../../parts/words.ts';
import { differenceWords } from './difference-words.ts';

type Confirming = Connection & { state: Extract<Connection['state'], { kind: 'confirm' }> };

/** `/connections/:id/confirm`; in any other state the connection's own page is the place. */
export function ConfirmPage() {
  usePageTitle('Is this the right patient?');
  const { connectionId } = useParams({ strict: false });
  const { data, error, isFetching, refetch } = useConnections();
  // Asked from here, since the list may lose the connection before the answer says where it landed.
  const confirm = useConfirm();
  const c = data?.find((one) => one.id === connectionId);
  if (error && !data) {
    return (
      <div className="page">
        <Notice error={error} onRetry={() => void refetch()} />
      </div>
    );
  }
  if (c?.state.kind === 'confirm')
    return <Question connection={c as Confirming} confirm={confirm} />;
  if (!data || isFetching || confirm.isPending) {
    return (
      <div className="page">
        <Skeleton lines={4} label="Loading what the portal said" />
      </div>
    );
  }
  return (
    <Navigate
      to="/connections/$connectionId"
      params={{ connectionId: confirm.data?.id ?? connectionId ?? '' }}
      replace
    />
  );
}

type Confirm = ReturnType<typeof useConfirm>;

function Question({ connection: c, confirm }: { connection: Confirming; confirm: Confirm }) {
  const { patient, into, people, scopesMissing } = c.state;
  const [chosen, setChosen] = useState<string | null>(into);
  const person = people.find((p) => p.personId === chosen);
  return (
    <div className="page">
      <Crumbs trail={[{ name: 'Connections', to: '/connections' }]} here={c.clinicName} />
      <div className="max-w-2xl">
        <PageHeading>Is this the right patient?</PageHeading>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 text-ink2 [overflow-wrap:anywhere]">
          {apart(c.clinicName)} signed you in and says whose record this is.
          {c.environment === 'preview' && <PreviewBadge />}
          {c.sample && <SampleBadge />}
        </p>
        <Patient connection={c} />
        <Into people={people} patientName={patient.name} chosen={chosen} onChoose={setChosen} />
        <div className="mt-4 flex flex-col gap-2" aria-live="polite">
          {person?.differs.map((what) => (
            <Warning key={what}>{differenceWords(what, patient, person)}</Warning>
          ))}
          {c.clinicNote && <Warning>{c.clinicNote}</Warning>}
          {scopesMissing.length > 0 && <Missing scopes={scopesMissing} />}
        </div>
        <Answers
          connection={c}
          confirm={confirm}
          chosen={chosen}
          name={person?.name ?? null}
          anyone={people.length > 0}
        />
        <p className="mt-4 text-13 text-ink2">
          Nothing is stored before you answer. If you stop here, what the portal said is forgotten.
        </p>
      </div>
    </div>
  );
}

function Patient({ connection: c }: { connection: Confirming }) {
  const { patient } = c.state;
  return (
    <dl className="mt-6 rounded-box border border-line2 bg-surface px-6 py-5">
      <dt className="sr-only">Name</dt>
      <dd className="text-24 font-semibold">{patient.name}</dd>
      <div className="mt-2 grid grid-cols-[6.5rem_minmax(0,1fr)] gap-y-1">
        <dt className="text-ink2">Born</dt>
        <dd>{patient.birthDate ? longDate(patient.birthDate) : 'not recorded'}</dd>
        <dt className="text-ink2">Sex</dt>
        <dd>{sentenceCase(sexInWords(patient.gender))}</dd>
        <dt className="text-ink2">Clinic</dt>
        <dd>{listedApart([c.clinicName, c.town])}</dd>
      </div>
    </dl>
  );
}

function Into({
  people,
  patientName,
  chosen,
  onChoose,
}: {
  people: Confirming['state']['people'];
  patientName: string;
  chosen: string | null;
  onChoose: (id: string | null) => void;
}) {
  if (people.length === 0) return null;
  return (
    <label className="mt-5 flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="text-ink2">It goes into the record of</span>
      <select
        value={chosen ?? ''}
        onChange={(e) => onChoose(e.target.value === '' ? null : e.target.value)}
        className="h-11 max-w-full min-w-0 truncate rounded-box border border-edge bg-surface px-2 desk:h-9"
      >
        {people.map((p) => (
          <option key={p.personId} value={p.personId}>
            {apart(p.name)}
            {p.sample ? ' (sample)' : ''}
          </option>
        ))}
        <option value="">a new person, {apart(patientName)}</option>
      </select>
    </label>
  );
}

function Answers({
  connection: c,
  confirm,
  chosen,
  name,
  anyone,
}: {
  connection: Confirming;
  confirm: Confirm;
  chosen: string | null;
  name: string | null;
  anyone: boolean;
}) {
  const reject = useReject();
  const navigate = useNavigate();
  const error = confirm.error ?? reject.error;
  return (
    <>
      <div className="mt-6 flex flex-wrap gap-3">
        <Button
          look="filled"
          busy={confirm.isPending || confirm.isSuccess}
          onClick={() => confirm.mutate({ id: c.id, personId: chosen })}
          wraps
          className="text-15 desk:min-h-11 desk:px-5"
        >
          {yesWords(name, anyone, c.state.patient.name)}
        </Button>
        <Button
          busy={reject.isPending}
          onClick={() =>
            reject.mutate(c.id, {
              onSuccess: () => void navigate({ to: '/connections', replace: true }),
            })
          }
          className="text-15 desk:min-h-11 desk:px-5"
        >
          No, stop here
        </Button>
      </div>
      {error && (
        <div className="mt-4">
          <Notice error={error}>
            <Link to="/connections" className="text-13 text-teal underline underline-offset-4">
              See Connections
            </Link>
          </Notice>
        </div>
      )}
    </>
  );
}

const longestOnButton = 80;

function yesWords(name: string | null, anyone: boolean, patientName: string): string {
  if (name !== null) return `Yes, this is ${apart(short(name, longestOnButton))}`;
  return anyone
    ? `Yes, start a record for ${apart(short(patientName, longestOnButton))}`
    : 'Yes, this is me';
}

function Missing({ scopes }: { scopes: string[] }) {
  return (
    <div className="rounded-box bg-amber-tint px-4 py-3">
      <p>
        {counted(scopes.length, 'permission was', 'permissions were')} not given, so that much will
        be missing. To give them, stop here, connect again and leave every box ticked.
      </p>
      <ul className="mt-1 text-13 text-ink2">
        {scopes.map((scope) => (
          <li key={scope}>{scope}</li>
        ))}
      </ul>
    </div>
  );
}
