// Owns the frame of the settings: their heading and the ways between their pages.

import { useQuery } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { sessionQuery } from '../../app/queries.ts';
import { PageHeading } from '../../parts/page-heading.tsx';

const tab =
  'inline-flex min-h-11 items-center border-b-[3px] border-transparent text-ink2 hover:text-ink aria-[current]:border-ink aria-[current]:font-medium aria-[current]:text-ink desk:min-h-9';

/** `/settings` and below. Who may sign in is the owner's to see. */
export function SettingsPage() {
  const { data } = useQuery(sessionQuery);
  const isOwner = data?.signedIn === true && data.account.roles.includes('owner');
  return (
    <div className="page w-full">
      <PageHeading>Settings</PageHeading>
      <nav
        aria-label="Settings"
        className="mt-2 mb-6 flex gap-5 border-b-[1.5px] border-rule text-15 desk:gap-7 print:hidden"
      >
        <Link to="/settings" activeOptions={{ exact: true }} className={tab}>
          You
        </Link>
        <Link to="/settings/people" className={tab}>
          People
        </Link>
        {isOwner && (
          <Link to="/settings/accounts" className={tab}>
            Accounts
          </Link>
        )}
        <Link to="/settings/audit" className={tab}>
          Audit
        </Link>
      </nav>
      <Outlet />
    </div>
  );
}
