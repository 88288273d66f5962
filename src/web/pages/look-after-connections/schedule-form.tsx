// Owns choosing how often a connection syncs by itself, and in which hours it does not. What is chosen is kept at once.

import { type ReactNode, useId, useState } from 'react';
import type { Connection, ScheduleRequest } from '../../../http/contract.ts';
import { useSchedule } from '../../app/actions.ts';
import { useManages } from '../../app/person.ts';
import { fieldLook } from '../../parts/field.tsx';
import { Notice } from '../../parts/page-states.tsx';
import { everyWords, nextSyncWords } from './schedule-words.ts';

const NIGHT = { from: '22:00', to: '06:00' };

/** The section of the connection's page; only a sentence for who does not decide over the record. */
export function ScheduleSection({ connection: c, now }: { connection: Connection; now: Date }) {
  const manages = useManages();
  const next = nextSyncWords(c, now);
  if (c.state.kind === 'disconnected' || c.state.kind === 'failed') return null;
  return (
    <section aria-labelledby="schedule-head" className="mt-10">
      <h2 id="schedule-head" className="section-head text-18 font-semibold">
        When it syncs by itself
      </h2>
      <div className="border-t border-line py-3">
        {next && <p className="text-ink2">{next}</p>}
        {manages(c) && c.schedule.renews && <ScheduleForm connection={c} />}
      </div>
    </section>
  );
}

function ScheduleForm({ connection: { id, schedule } }: { connection: Connection }) {
  const choose = useSchedule();
  // What was chosen a moment ago stands until the last answer is there.
  const [chosen, setChosen] = useState<ScheduleRequest | null>(null);
  const { every, quiet } = chosen ?? schedule;
  const send = (change: Partial<ScheduleRequest>) => {
    const next = { every, quiet, ...change };
    setChosen(next);
    choose.mutate({ id, ...next }, { onSettled: () => setChosen(null) });
  };
  return (
    <div className="mt-3 flex flex-col gap-4">
      <Labelled label="How often">
        {(labelled) => (
          <select
            {...labelled}
            value={every ?? ''}
            onChange={(e) => send({ every: (e.target.value || null) as ScheduleRequest['every'] })}
            className={`${fieldLook} max-w-72`}
          >
            <option value="">{everyWords(schedule.defaultHours)}, as this portal is asked</option>
            <option value="day">Every day</option>
            <option value="week">Every week</option>
            <option value="month">Every month</option>
            <option value="off">Only when I ask</option>
          </select>
        )}
      </Labelled>
      {every !== 'off' && <Quiet quiet={quiet} onChange={(next) => send({ quiet: next })} />}
      {choose.error && <Notice error={choose.error} />}
    </div>
  );
}

// By the clocks of the zone that the browser is in when they are chosen first.
function Quiet({
  quiet,
  onChange,
}: {
  quiet: ScheduleRequest['quiet'];
  onChange: (quiet: ScheduleRequest['quiet']) => void;
}) {
  const zone = quiet?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <div>
      <label className="flex min-h-11 items-center gap-3 desk:min-h-8">
        <input
          type="checkbox"
          checked={quiet !== null}
          onChange={(e) => onChange(e.target.checked ? { ...NIGHT, zone } : null)}
          className="size-5 accent-teal desk:size-4"
        />
        Not during quiet hours
      </label>
      {quiet && (
        <div className="mt-2 flex flex-wrap items-end gap-3">
          {(['from', 'to'] as const).map((end) => (
            <Labelled key={end} label={end === 'from' ? 'From' : 'To'}>
              {(labelled) => (
                <input
                  {...labelled}
                  type="time"
                  required
                  defaultValue={quiet[end]}
                  onBlur={(e) => {
                    const { value } = e.target;
                    if (value && value !== quiet[end]) onChange({ ...quiet, [end]: value });
                  }}
                  className={`${fieldLook} w-36`}
                />
              )}
            </Labelled>
          ))}
          <p className="pb-2 text-13 text-ink2">{zone.replaceAll('_', ' ')} time</p>
        </div>
      )}
    </div>
  );
}

function Labelled({
  label,
  children,
}: {
  label: string;
  children: (labelled: { id: string }) => ReactNode;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-13 font-medium">
        {label}
      </label>
      {children({ id })}
    </div>
  );
}
