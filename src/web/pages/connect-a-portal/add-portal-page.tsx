// Owns the page that answers "Where do you go for care?": one field, the clinics that match, and
// beside them what will happen at the highlighted one.

import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Clinic } from '../../../http/contract.ts';
import { useStartConnection } from '../../app/actions.ts';
import { clinicsQuery } from '../../app/queries.ts';
import { Chip } from '../../parts/chip.tsx';
import { Crumbs } from '../../parts/crumbs.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { Sheet } from '../../parts/sheet.tsx';
import { useIsDesk } from '../../parts/use-media.ts';
import { clinicKey, findClinics } from './clinic-search.ts';
import { ClinicExplained } from './clinic-explained.tsx';
import { ClinicField, ClinicList, Keys } from './clinic-list.tsx';
import { useForWhom } from './for-whom.tsx';

/** `/connections/add`; `#sample` shows the simulated clinics only. */
export function AddPortalPage() {
  usePageTitle('Connect a portal');
  const clinics = useQuery(clinicsQuery);
  const search = useClinicSearch(clinics.data);
  const [sheetOpen, setSheetOpen] = useState(false);
  const isDesk = useIsDesk();
  const start = useStartConnection();
  const { active } = search;
  const forWhom = useForWhom(active);
  const connect = () => {
    if (!active) return;
    const { portal, clinicId } = active;
    start.mutate({ portal, clinicId, personId: forWhom.personId });
  };
  const explained = active && (
    <ClinicExplained clinic={active} forWhom={forWhom} start={start} onConnect={connect} />
  );
  return (
    <div className="page">
      <Crumbs trail={[{ name: 'Connections', to: '/connections' }]} here="Connect a portal" />
      <PageHeading>Where do you go for care?</PageHeading>
      <p className="mb-6 text-ink2">
        Type the clinic’s name or town. You need not know what software they use.
      </p>
      <div className="grid items-start gap-10 wide:grid-cols-[minmax(0,1fr)_21.5rem]">
        <ClinicChooser
          clinics={clinics}
          search={search}
          onEnter={isDesk ? connect : () => setSheetOpen(true)}
          onPick={() => {
            if (!isDesk) setSheetOpen(true);
          }}
        />
        {isDesk && explained}
      </div>
      {!isDesk && sheetOpen && active && (
        <Sheet title={active.name} onClose={() => setSheetOpen(false)}>
          <div className="px-5 pb-8">{explained}</div>
        </Sheet>
      )}
    </div>
  );
}

type Search = ReturnType<typeof useClinicSearch>;

function useClinicSearch(clinics: Clinic[] | undefined) {
  const sampleOnly = useLocation({ select: (l) => l.hash === 'sample' });
  const [typed, setTyped] = useState('');
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const pool = useMemo(
    () => (clinics ?? []).filter((c) => !sampleOnly || c.sample),
    [clinics, sampleOnly],
  );
  const found = useMemo(() => findClinics(pool, typed), [pool, typed]);
  const active = found.find((c) => clinicKey(c) === activeKey) ?? found[0] ?? null;
  return {
    sampleOnly,
    pool,
    found,
    active,
    typed,
    type: (text: string) => {
      setTyped(text);
      setActiveKey(null);
    },
    moveTo: (c: Clinic) => setActiveKey(clinicKey(c)),
  };
}

function ClinicChooser({
  clinics: { data, error, isPending, refetch },
  search,
  onEnter,
  onPick,
}: {
  clinics: UseQueryResult<Clinic[]>;
  search: Search;
  onEnter: () => void;
  onPick: () => void;
}) {
  const { found, pool, active, typed } = search;
  const isDesk = useIsDesk();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // On a touch screen focus would raise the keyboard over the list.
    if (isDesk) field.current?.focus();
  }, [isDesk]);
  return (
    <div>
      <ClinicField
        ref={field}
        typed={typed}
        found={found}
        active={active}
        total={pool.length}
        onType={search.type}
        onMove={search.moveTo}
        onEnter={onEnter}
      />
      <SampleChip clinics={data ?? []} sampleOnly={search.sampleOnly} />
      {isPending && <Skeleton label="Loading the clinics" />}
      {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
      {data && found.length === 0 && <NoneFound typed={typed} any={pool.length > 0} />}
      {found.length > 0 && (
        <ClinicList
          found={found}
          typed={typed}
          active={active}
          onPick={(c) => {
            search.moveTo(c);
            onPick();
          }}
        />
      )}
      <Keys />
    </div>
  );
}

// Only where there is something to tell apart.
function SampleChip({ clinics, sampleOnly }: { clinics: Clinic[]; sampleOnly: boolean }) {
  const navigate = useNavigate();
  const samples = clinics.filter((c) => c.sample).length;
  if (samples === 0 || samples === clinics.length) return null;
  return (
    <div className="mt-3">
      <Chip
        pressed={sampleOnly}
        onPress={() => void navigate({ to: '.', hash: sampleOnly ? '' : 'sample', replace: true })}
      >
        Sample clinics only
      </Chip>
    </div>
  );
}

function NoneFound({ typed, any }: { typed: string; any: boolean }) {
  return (
    <p role="status" className="border-b border-line py-6 text-ink2">
      {any
        ? `No clinic here matches “${typed}”. Try the first letters of its name, or its town.`
        : 'No portal is switched on here yet. The operator of this Chartfold can see with “npx chartfold portals” what would switch one on.'}
    </p>
  );
}
