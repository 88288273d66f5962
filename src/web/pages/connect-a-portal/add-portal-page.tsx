// Owns the page that answers "Where do you go for care?": one field, the clinics that match, and
// beside them what will happen at the highlighted one.

import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Clinic } from '../../../http/contract.ts';
import { useStartConnection } from '../../app/actions.ts';
import { Chip } from '../../parts/chip.tsx';
import { Crumbs } from '../../parts/crumbs.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { usePageTitle } from '../../parts/page-title.ts';
import { Sheet } from '../../parts/sheet.tsx';
import { useIsDesk } from '../../parts/use-media.ts';
import { ClinicExplained } from './clinic-explained.tsx';
import { ClinicField, ClinicList, Keys } from './clinic-list.tsx';
import { ListsRead, ListsToFetch } from './clinic-lists.tsx';
import { useForWhom } from './for-whom.tsx';
import { type ClinicSearch, useClinicSearch } from './use-clinic-search.ts';

/** `/connections/add`; `#sample` shows the simulated clinics only. */
export function AddPortalPage() {
  usePageTitle('Connect a portal');
  const search = useClinicSearch();
  const [sheetOpen, setSheetOpen] = useState(false);
  const isDesk = useIsDesk();
  const start = useStartConnection();
  const { active } = search;
  const forWhom = useForWhom(active);
  const navigate = useNavigate();
  const connect = () => {
    if (!active) return;
    const { portal, clinicId, name, address } = active;
    if (portal !== null) start.mutate({ portal, clinicId, personId: forWhom.personId });
    else if (address !== null)
      void navigate({ to: '/connections/add/server', state: { listed: { name, address } } });
  };
  const explained = active && (
    <ClinicExplained clinic={active} forWhom={forWhom} start={start} onConnect={connect} />
  );
  return (
    <div className="page">
      <Crumbs trail={[{ name: 'Connections', to: '/connections' }]} here="Connect a portal" />
      <PageHeading>Where do you go for care?</PageHeading>
      <p className="mb-6 text-ink2">
        Type the clinic’s name or town, as far as you remember it. You need not know what software
        they use.
      </p>
      <div className="grid items-start gap-10 wide:grid-cols-[minmax(0,1fr)_21.5rem]">
        <ClinicChooser
          search={search}
          onEnter={() => {
            // What is highlighted may not be what was typed since; what is clicked was seen.
            if (!search.isCurrent) return;
            if (isDesk) connect();
            else setSheetOpen(true);
          }}
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

function ClinicChooser({
  search,
  onEnter,
  onPick,
}: {
  search: ClinicSearch;
  onEnter: () => void;
  onPick: () => void;
}) {
  const { answer, found, options, active, asked } = search;
  const { data, error, isPending, refetch } = answer;
  const isDesk = useIsDesk();
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // On a touch screen focus would raise the keyboard over the list.
    if (isDesk) field.current?.focus();
  }, [isDesk]);
  return (
    <div>
      <ClinicField ref={field} search={search} onEnter={onEnter} />
      <ListsToFetch />
      <SampleChip clinics={[...found, ...(data?.portals ?? [])]} sampleOnly={search.sampleOnly} />
      {isPending && <Skeleton label="Loading the clinics" />}
      {error && !data && <Notice error={error} onRetry={() => void refetch()} />}
      {data && found.length === 0 && <NoneFound typed={asked} any={options.length > 0} />}
      {options.length > 0 && (
        <ClinicList
          found={options}
          typed={asked}
          active={active}
          onPick={(c) => {
            search.moveTo(c);
            onPick();
          }}
        />
      )}
      {search.total > found.length && found.length > 0 && (
        <p className="px-4 py-3 text-13 text-ink2">
          {search.total - found.length} more{search.isMore ? ' at least' : ''}. Another word of the
          name, or the town, brings yours up.
        </p>
      )}
      <Keys />
      {!search.sampleOnly && (
        <p className="mt-2 px-4">
          <Link
            to="/connections/add/server"
            className="inline-flex min-h-11 items-center text-13 text-teal underline-offset-4 hover:underline desk:min-h-8"
          >
            My clinic is not listed: add its server by address
          </Link>
        </p>
      )}
      <ListsRead />
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
  if (!any)
    return (
      <p className="border-b border-line py-6 text-ink2">
        No portal is switched on here yet. The operator of this Chartfold can see with “npx
        chartfold portals” what would switch one on. A clinic’s server can be added by its address
        all the same: the way is below.
      </p>
    );
  if (typed === '') return null;
  return (
    <div className="border-b border-line py-6 text-ink2">
      <p>No clinic here matches “{typed}”.</p>
      <p className="mt-1">
        Try fewer words, its name as it stands on a bill, or its town. If you know whose portal it
        uses, choose that below. If the clinic gave you the address of its server, add that.
      </p>
    </div>
  );
}
