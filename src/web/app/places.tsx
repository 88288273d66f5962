// Owns the places that rail and mobile bar lead to: only pages that exist.

import { Link, useLocation } from '@tanstack/react-router';
import { Activity, CalendarDays, type LucideIcon, Plug, Settings } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Connection } from '../../http/contract.ts';
import { useCurrentPerson, useManages } from './person.ts';
import { useConnections } from './queries.ts';

type Place = {
  icon: LucideIcon;
  name: string;
  /** How many things there need the person. */
  count: number;
  link: (className: string, children: ReactNode) => ReactNode;
};

type Drawn = { draw: (place: Place) => ReactNode };

/** The places, each drawn by the caller: a row of the rail, a button of the bar. */
export function Places({ draw }: Drawn) {
  const person = useCurrentPerson();
  const params = { personId: person?.id ?? '' };
  // What changed is led to from the timeline, and belongs to it.
  const onChanges = useLocation({ select: (l) => /^\/people\/[^/]+\/changes/.test(l.pathname) });
  return (
    <>
      {draw({
        icon: CalendarDays,
        name: 'Timeline',
        count: 0,
        link: (className, children) =>
          person ? (
            <Link
              to="/people/$personId/timeline"
              params={params}
              className={className}
              {...(onChanges ? { 'aria-current': 'true' as const } : {})}
            >
              {children}
            </Link>
          ) : (
            <Link to="/" className={className}>
              {children}
            </Link>
          ),
      })}
      {person &&
        draw({
          icon: Activity,
          name: 'Results',
          count: 0,
          link: (className, children) => (
            <Link to="/people/$personId/results" params={params} className={className}>
              {children}
            </Link>
          ),
        })}
      {(person === null || person.kinds === null) && <ConnectionsPlace draw={draw} />}
      {draw({
        icon: Settings,
        name: 'Settings',
        count: 0,
        link: (className, children) => (
          <Link to="/settings" className={className}>
            {children}
          </Link>
        ),
      })}
    </>
  );
}

// Who sees only some kinds of a record sees nothing of where it comes from.
function ConnectionsPlace({ draw }: Drawn) {
  const connections = useConnections();
  const manages = useManages();
  // A receipt belongs to a connection, though its address stands apart.
  const onReceipt = useLocation({ select: (l) => l.pathname.startsWith('/receipts/') });
  return draw({
    icon: Plug,
    name: 'Connections',
    count: (connections.data ?? []).filter((c) => needsPerson(c) && manages(c)).length,
    link: (className, children) => (
      <Link
        to="/connections"
        className={className}
        {...(onReceipt ? { 'aria-current': 'true' as const } : {})}
      >
        {children}
      </Link>
    ),
  });
}

/** Whether a connection waits for the person to do something. */
export function needsPerson({ state }: Connection): boolean {
  return state.kind === 'confirm' || state.kind === 'sign-in-again' || state.kind === 'failed';
}
