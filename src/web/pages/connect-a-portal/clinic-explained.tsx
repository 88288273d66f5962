// Owns what a person is told before signing in at a clinic: three steps, what is good to know, and
// the button.

import { apart } from '../../../fhir/text/shown.ts';
import type { Clinic } from '../../../http/contract.ts';
import type { useStartConnection } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { PreviewBadge, SampleBadge } from '../../parts/marks.tsx';
import { Notice } from '../../parts/page-states.tsx';
import { listed } from '../../parts/words.ts';
import { askedWords, whereWords } from './clinic-search.ts';
import { type ForWhom, ForWhomField } from './for-whom.tsx';

/** The highlighted clinic, explained. */
export function ClinicExplained({
  clinic: c,
  forWhom,
  start,
  onConnect,
}: {
  clinic: Clinic;
  forWhom: ForWhom;
  start: ReturnType<typeof useStartConnection>;
  onConnect: () => void;
}) {
  return (
    <section
      aria-label={`Connecting ${c.name}`}
      className="desk:sticky desk:top-6 desk:rounded-box desk:border desk:border-line2 desk:bg-surface desk:p-6"
    >
      <h2 className="hidden text-18 font-semibold desk:block">{c.name}</h2>
      <p className="flex flex-wrap items-center gap-2 text-ink2">
        {whereWords(c)}
        {c.environment === 'preview' && <PreviewBadge />}
        {c.sample && <SampleBadge />}
      </p>
      {c.connected.length > 0 && (
        <p className="mt-2 text-13 text-ink2">
          Connected already for {listed(c.connected.map((one) => apart(one.personName)))}.
        </p>
      )}
      <Steps steps={c.portal === null ? stepsToAdd(c) : stepsToSignIn(c)} />
      {c.notes.length > 0 && (
        <div className="border-t border-line pt-3">
          <h3 className="text-13 font-medium">Good to know</h3>
          <ul className="mt-1 list-disc pl-5 text-13 text-ink2 marker:text-line3">
            {c.notes.map((note) => (
              <li key={note} className="py-0.5">
                {note}
              </li>
            ))}
          </ul>
        </div>
      )}
      {c.portal !== null && <ForWhomField forWhom={forWhom} />}
      <Button
        look="filled"
        busy={start.isPending || start.isSuccess}
        onClick={onConnect}
        wraps
        className="mt-4 w-full text-15 desk:min-h-11"
      >
        {buttonWords(c, start.isPending || start.isSuccess)}
      </Button>
      {start.error && (
        <div className="mt-3">
          <Notice error={start.error} />
        </div>
      )}
    </section>
  );
}

function buttonWords({ portal, name }: Clinic, isUnderWay: boolean): string {
  if (portal === null) return 'Look at its server';
  return isUnderWay ? 'Going to the sign-in page' : `Sign in at ${apart(name)}`;
}

function Steps({ steps }: { steps: [string, string][] }) {
  return (
    <ol className="mt-4">
      {steps.map(([title, text], i) => (
        <li key={title} className="flex gap-3 border-t border-line py-3">
          <span
            aria-hidden="true"
            className="grid size-6 shrink-0 place-items-center rounded-full border border-line3 text-12 font-medium"
          >
            {i + 1}
          </span>
          <div>
            <p className="font-medium">{title}</p>
            <p className="text-13 text-ink2">{text}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Where its server is not among the portals yet. */
function stepsToAdd(c: Clinic): [string, string][] {
  const host = c.address === null ? 'its address' : new URL(c.address).host;
  return [
    [
      'Chartfold looks at its server',
      `At ${host}, as the list names it. Nothing but what it tells everybody is asked.`,
    ],
    [
      'Chartfold is registered there',
      'The next page says what to give the clinic or its vendor, and takes the client id that they give you.',
    ],
    [`You sign in at ${apart(c.name)}`, 'From then on the search leads to its sign-in at once.'],
  ];
}

function stepsToSignIn(c: Clinic): [string, string][] {
  return [
    [
      `You sign in at ${apart(c.name)}`,
      c.sample
        ? 'On a page of the simulated portal, which runs beside this Chartfold. Nobody there exists.'
        : `On its own ${apart(c.portalName)} page, with the name and password you use there. Chartfold never sees them.`,
    ],
    ['You choose what to allow', 'Leave every box ticked to get everything that exists.'],
    [
      askedWords(c),
      'First it shows whose record this is, and stores nothing before you say yes. Then you can watch, or leave.',
    ],
  ];
}
