// Owns the account of a receipt: every question with its figures and answer, those not answered in
// full first, each with its reason, who can mend it, and a way on.

import { Ban, Check, CircleAlert, CircleDashed, CircleEllipsis } from 'lucide-react';
import { useState } from 'react';
import type { Receipt, ReceiptQuestion } from '../../../http/contract.ts';
import { figures } from '../../parts/words.ts';
import { outcomeWord, setAsideWords } from './receipt-words.ts';
import { ReasonRow } from './reason-row.tsx';

// Columns that are there only where they say something.
const rareFigures: { of: 'gone' | 'setAside'; name: string }[] = [
  { of: 'gone', name: 'Gone' },
  { of: 'setAside', name: 'Set aside' },
];

/** The table of questions. */
export function Account({ receipt: r }: { receipt: Receipt }) {
  const full = r.questions.filter((q) => q.outcome === 'full');
  const open = r.questions.filter((q) => q.outcome === 'pending' || q.outcome === 'asking');
  const rest = r.questions.filter((q) => !full.includes(q) && !open.includes(q));
  const groups: [string, ReceiptQuestion[]][] = [
    ['Not answered in full', rest],
    ['Still to be asked', open],
    ['Answered in full', full],
  ];
  const extra = rareFigures.filter((figure) => r[figure.of] > 0);
  return (
    <table className="w-full border-t-[1.5px] border-rule">
      <caption className="sr-only">The questions of this sync and their answers</caption>
      <thead className="text-12 text-ink2">
        <tr className="[&>th]:py-2 [&>th]:font-normal">
          <th scope="col" className="text-left">
            Question
          </th>
          <Head wide>Pages</Head>
          <Head>Received</Head>
          <Head>New</Head>
          <Head wide>Changed</Head>
          {extra.map(({ of, name }) => (
            <Head key={of} wide>
              {name}
            </Head>
          ))}
          <th scope="col" className="w-24 pl-4 text-left desk:w-36 desk:pl-12">
            Answer
          </th>
        </tr>
      </thead>
      {groups.map(
        ([name, questions]) =>
          questions.length > 0 && (
            <tbody key={name}>
              <tr className="border-t border-line2">
                <th
                  scope="rowgroup"
                  colSpan={6 + extra.length}
                  className="pt-4 pb-2 text-left text-13"
                >
                  <span className="font-medium">{name}</span>{' '}
                  <span className="font-normal text-ink2">
                    {questions.length} of {r.questions.length}
                  </span>
                </th>
              </tr>
              {questions.map((q) => (
                <Question key={q.key} receipt={r} question={q} extra={extra} />
              ))}
            </tbody>
          ),
      )}
    </table>
  );
}

function Head({ children, wide }: { children: string; wide?: boolean }) {
  return (
    <th scope="col" className={`w-16 text-right ${wide ? 'hidden desk:table-cell' : ''}`}>
      {children}
    </th>
  );
}

function Question({
  receipt,
  question: q,
  extra,
}: {
  receipt: Receipt;
  question: ReceiptQuestion;
  extra: typeof rareFigures;
}) {
  const [open, setOpen] = useState(false);
  const span = 6 + extra.length;
  const unanswered = q.outcome === 'refused' || q.outcome === 'pending' || q.outcome === 'asking';
  return (
    <>
      <tr className="border-t border-line">
        <Name question={q} open={open} onToggle={() => setOpen(!open)} />
        <Figure n={unanswered && q.pages === 0 ? null : q.pages} wide />
        <Figure n={unanswered && q.received === 0 ? null : q.received} />
        <Figure n={unanswered && q.new === 0 ? null : q.new} strong />
        <Figure n={unanswered && q.changed === 0 ? null : q.changed} strong wide />
        {extra.map(({ of }) => (
          <Figure key={of} n={unanswered && q[of] === 0 ? null : q[of]} wide />
        ))}
        <td className="pl-4 desk:pl-12">
          <Answer outcome={q.outcome} />
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={span} className="pb-3 text-13 text-ink2">
            <p>{q.why}</p>
            <p className="mt-1 font-mono [overflow-wrap:anywhere]">{q.request}</p>
          </td>
        </tr>
      )}
      {setAsideWords(q).map((words) => (
        <tr key={words} className="keep-together">
          <td colSpan={span} className="pb-3 text-ink2">
            {words}
          </td>
        </tr>
      ))}
      {q.reason && (
        <tr className="keep-together">
          <td colSpan={span} className="pb-3">
            <ReasonRow receipt={receipt} question={q} reason={q.reason} />
          </td>
        </tr>
      )}
    </>
  );
}

function Name({
  question: q,
  open,
  onToggle,
}: {
  question: ReceiptQuestion;
  open: boolean;
  onToggle: () => void;
}) {
  return (
    <th scope="row" className="text-left font-normal">
      <button
        type="button"
        aria-expanded={open}
        onClick={onToggle}
        className="min-h-11 text-left underline-offset-4 hover:underline desk:min-h-[33px]"
      >
        {q.label}
        {q.note && <span className="text-13 text-ink2"> {q.note}</span>}
      </button>
    </th>
  );
}

// Zero is a grey 0, unknown is a dash.
function Figure({ n, strong, wide }: { n: number | null; strong?: boolean; wide?: boolean }) {
  const look = n === null || n === 0 ? 'text-ink3' : strong ? 'font-medium' : '';
  return (
    <td className={`text-right ${look} ${wide ? 'hidden desk:table-cell' : ''}`}>
      {n === null ? '–' : figures(n)}
    </td>
  );
}

function Answer({ outcome }: { outcome: ReceiptQuestion['outcome'] }) {
  const Icon = icons[outcome];
  const tone =
    outcome === 'failed'
      ? 'text-red'
      : outcome === 'refused' || outcome === 'part'
        ? 'text-amber'
        : 'text-ink2';
  return (
    <span className={`flex items-center gap-1.5 whitespace-nowrap ${tone}`}>
      <Icon size={16} strokeWidth={1.6} aria-hidden className="shrink-0" />
      {outcomeWord(outcome)}
    </span>
  );
}

const icons = {
  full: Check,
  part: CircleDashed,
  refused: Ban,
  failed: CircleAlert,
  asking: CircleEllipsis,
  pending: CircleEllipsis,
} as const satisfies Record<ReceiptQuestion['outcome'], unknown>;
