// Owns the progress of a sync: one tick a question, the sentence above, what is asked below.

import { Ban, CircleAlert } from 'lucide-react';
import { apart } from '../../fhir/text/shown.ts';
import type { Progress, QuestionTick } from '../../http/contract.ts';
import { ago } from './dates.ts';
import { announced, timeLeft, troubleWords } from './progress-words.ts';
import { useNow } from './use-now.ts';
import { counted, figures } from './words.ts';

/** Live progress. Screen readers hear of each quarter, not of each tick. */
export function ProgressOfSync({ progress, name }: { progress: Progress; name: string }) {
  const now = useNow(1000);
  const left = timeLeft(progress, now);
  const begun = `started ${ago(progress.startedAt, now)}${left ? `, ${left}` : ''}`;
  return (
    <div className="flex flex-col gap-x-10 gap-y-4 wide:flex-row">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="text-18 font-medium">
            Syncing, {progress.done} of {counted(progress.total, 'question')}
          </span>
          <span className="text-13 text-ink2">{begun}</span>
        </p>
        <Ticks ticks={progress.ticks} label={`Sync of ${apart(name)}`} done={progress.done} />
        <Current progress={progress} />
        <p role="status" className="sr-only">
          {announced(progress)}
        </p>
      </div>
      <Kinds progress={progress} />
    </div>
  );
}

/** The ticks alone. */
function Ticks({ ticks, label, done }: { ticks: QuestionTick[]; label: string; done: number }) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={ticks.length}
      aria-valuenow={done}
      aria-valuetext={`${done} of ${ticks.length} questions`}
      className="mt-3 mb-2 flex gap-[3px]"
    >
      {ticks.map((tick, i) => (
        <span
          // A tick is its question's place in the plan
          key={i}
          data-tick={tick}
          className="tick h-3 min-w-0 flex-1 rounded-[2px]"
        />
      ))}
    </div>
  );
}

function Current({ progress }: { progress: Progress }) {
  const { current, troubles } = progress;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 text-13">
      {current && (
        <p className="flex items-center gap-2.5">
          <span className="breathe ml-1 size-2 shrink-0 rounded-full bg-teal" aria-hidden="true" />
          <span>
            Asking for {current.label.toLowerCase()}{' '}
            <span className="text-ink2">
              page {current.page}, {figures(current.received)} received so far
            </span>
          </span>
        </p>
      )}
      {troubles.length > 0 && (
        <p
          className={`flex items-center gap-2 ${troubles.some((t) => t.outcome === 'failed') ? 'text-red' : 'text-amber'}`}
        >
          {troubles.some((t) => t.outcome === 'failed') ? (
            <CircleAlert size={14} strokeWidth={1.6} aria-hidden />
          ) : (
            <Ban size={14} strokeWidth={1.6} aria-hidden />
          )}
          {troubleWords(troubles)}
        </p>
      )}
    </div>
  );
}

function Kinds({ progress }: { progress: Progress }) {
  if (progress.kinds.length === 0) return null;
  return (
    <dl className="grid shrink-0 grid-cols-[1fr_auto] content-start gap-x-10 gap-y-0.5 text-13 wide:w-64 wide:border-l wide:border-line wide:pl-5">
      {progress.kinds.slice(0, 4).map(({ label, received }) => (
        <div key={label} className="contents">
          <dt className="truncate text-ink2">{label}</dt>
          <dd className="text-right font-medium">{figures(received)}</dd>
        </div>
      ))}
    </dl>
  );
}
