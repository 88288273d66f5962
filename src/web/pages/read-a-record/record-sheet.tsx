// Owns one record as a sheet: facts, long text, related records, where and when it was received,
// and the exact text one step away.

import { useQuery } from '@tanstack/react-query';
import type { RecordSheet as RecordData } from '../../../http/contract.ts';
import { recordQuery } from '../../app/queries.ts';
import { fitting, TheRest } from '../../parts/cut-text.tsx';
import { longDate, recordMoment } from '../../parts/dates.ts';
import { unflaggedWord } from '../../parts/flags.ts';
import { Earlier } from '../../parts/field-differences.tsx';
import { Flag, SampleBadge, SourceName } from '../../parts/marks.tsx';
import { Notice, Skeleton } from '../../parts/page-states.tsx';
import { Sheet } from '../../parts/sheet.tsx';
import { beginning } from '../../parts/short.ts';
import { Origin } from './origin.tsx';
import { RecordFiles } from './record-files.tsx';
import { RecordHistory } from './record-history.tsx';
import { RelatedRecords } from './related-records.tsx';

type RecordSheetProps = {
  personId: string;
  recordId: string;
  onClose: () => void;
  onStep?: (step: 1 | -1) => void;
  /** Opens another record in this sheet's place. */
  onOpen: (recordId: string) => void;
};

/** The sheet of one record; it shows its own waiting and failing. */
export function RecordSheet({ personId, recordId, onClose, onStep, onOpen }: RecordSheetProps) {
  const { data: r, error, isPending, refetch } = useQuery(recordQuery(personId, recordId));
  const steps = onStep ? { onStep } : {};
  if (!r) {
    return (
      <Sheet
        title={isPending ? 'Loading' : 'This record cannot be shown'}
        onClose={onClose}
        {...steps}
        shown={recordId}
      >
        <div className="px-5 desk:px-7">
          {isPending ? (
            <Skeleton label="Loading the record" />
          ) : (
            <Notice error={error} onRetry={() => void refetch()} />
          )}
        </div>
      </Sheet>
    );
  }
  return (
    <Sheet
      title={r.title}
      shown={recordId}
      onClose={onClose}
      {...steps}
      over={
        <span className="flex items-center gap-3">
          <SourceName mark={r.source.mark} name={r.source.name} />
          {r.source.sample && <SampleBadge />}
        </span>
      }
      under={<p className="text-ink2">{recordMoment(r.date, r.startsAt, r.endsAt)}</p>}
      foot={
        <Origin
          key={recordId}
          personId={personId}
          recordId={recordId}
          receivedAt={r.receivedAt}
          versions={r.versions}
          receiptId={r.receiptId}
        />
      }
    >
      <Body personId={personId} record={r} onOpen={onOpen} />
    </Sheet>
  );
}

function Body({
  personId,
  record: r,
  onOpen,
}: Pick<RecordSheetProps, 'personId' | 'onOpen'> & { record: RecordData }) {
  return (
    <div className="flex flex-col gap-5 px-5 pb-6 desk:px-7">
      <Standing record={r} />
      {r.value && <Value value={r.value} />}
      <Facts record={r} />
      {r.related.map((group) => (
        <RelatedRecords key={group.label} group={group} onOpen={onOpen} />
      ))}
      <RecordFiles personId={personId} record={r} />
      <LongText key={r.id} paragraphs={r.text} />
      {(r.versions > 1 || r.goneAt) && (
        <RecordHistory key={`${r.id} ${r.versions}`} personId={personId} recordId={r.id} />
      )}
    </div>
  );
}

function Standing({ record: r }: { record: RecordData }) {
  const status = r.facts.find(({ label }) => label === 'Status')?.value;
  const words = [
    r.enteredInError
      ? 'The clinic marked this as entered in error. It is kept as it was received, and counts for nothing.'
      : r.amended &&
        `The clinic ${status === 'corrected' ? 'corrected' : 'amended'} this after first sending it.${r.versions === 1 ? ' What it said before never came here.' : ''}`,
    r.goneAt &&
      `The portal has not reported this since ${longDate(r.goneAt.slice(0, 10))}. It is kept as it last came.`,
  ].filter(Boolean);
  if (words.length === 0) return null;
  return <p className="rounded-box bg-amber-tint px-4 py-2.5">{words.join(' ')}</p>;
}

function Value({ value: v }: { value: NonNullable<RecordData['value']> }) {
  return (
    <div>
      <p className="flex flex-wrap items-baseline gap-x-2.5">
        <span className="text-36 font-medium [overflow-wrap:anywhere]">{v.value}</span>
        {v.unit && <span className="text-18 text-ink2 [overflow-wrap:anywhere]">{v.unit}</span>}
        {v.flag ? (
          <Flag flag={v.flag} />
        ) : (
          <span className="text-13 text-ink2">
            {v.range === null ? '' : unflaggedWord(v.range)}
          </span>
        )}
      </p>
      <p className="text-13 text-ink2">
        {v.range === null ? 'No reference range was given with it' : `Reference range ${v.range}`}
      </p>
      {v.earlier && (
        <p>
          <Earlier earlier={v.earlier} />
        </p>
      )}
    </div>
  );
}

// A label that repeats (several diagnoses) is written once.
function Facts({ record: r }: { record: RecordData }) {
  if (r.facts.length === 0) return null;
  return (
    <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      {r.facts.map((fact, i) => {
        const again = r.facts[i - 1]?.label === fact.label;
        return (
          // Facts may repeat, their order is theirs
          <div key={i} className="contents">
            <dt className={`text-13 leading-[22px] text-ink2 ${again ? 'sr-only' : ''}`}>
              {fact.label}
            </dt>
            <dd className="col-start-2 [overflow-wrap:anywhere]">
              {beginning(fact.value, longestFact)}
              <TheRest text={fact.value} shown={longestFact} file="record.txt" />
              {fact.code && <span className="text-13 text-ink2"> {fact.code}</span>}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** What a browser lays out at once, one word or many. */
const longestFact = 2_000;
const longestText = 20_000;

function LongText({ paragraphs }: { paragraphs: string[] }) {
  if (paragraphs.length === 0) return null;
  return (
    <section aria-labelledby="record-text" className="border-t border-line pt-4">
      <h3 id="record-text" className="mb-1 text-13 font-medium">
        Text
      </h3>
      <div className="flex flex-col gap-2">
        {fitting(paragraphs, longestText).map((p, i) => (
          // Paragraphs of one text, in its order
          <p key={i} className="[overflow-wrap:anywhere] whitespace-pre-line">
            {p}
          </p>
        ))}
        <TheRest text={paragraphs.join('\n\n')} shown={longestText} file="record.txt" />
      </div>
    </section>
  );
}
