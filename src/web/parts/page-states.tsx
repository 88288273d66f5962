// Owns what a page shows when it has nothing to show yet, or cannot: skeleton, fault, not found.

import { Link, useRouter } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemOf } from '../app/api.ts';
import { Button, ButtonLink } from './button.tsx';
import { PageHeading } from './page-heading.tsx';

/** A failure in a sentence, with a way out. The code and request id are small, for who must mend it. */
export function Notice({
  error,
  onRetry,
  children,
}: {
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  const problem = problemOf(error);
  return (
    <div
      role="alert"
      className="flex gap-3 rounded-box border border-red-mark/50 bg-red-tint px-4 py-3 text-15"
    >
      <CircleAlert size={18} strokeWidth={1.6} className="mt-0.5 shrink-0 text-red" aria-hidden />
      <div className="min-w-0 flex-1">
        <p>{problem.title}</p>
        {problem.detail && <p className="text-13 text-ink2">{problem.detail}</p>}
        <p className="mt-1 text-12 text-ink2">
          {problem.code}
          {problem.requestId ? `, request ${problem.requestId}` : ''}
        </p>
        {children}
      </div>
      {onRetry && canMend(problem.status) && (
        <Button onClick={onRetry} className="self-center">
          Try again
        </Button>
      )}
    </div>
  );
}

// Asking again mends what was on the way, not what is not there.
function canMend(status: number): boolean {
  return status === 0 || status === 429 || status >= 500;
}

/** Grey lines in the place of what is coming, shown only when the wait is felt (150 ms). */
export function Skeleton({ lines = 6, label = 'Loading' }: { lines?: number; label?: string }) {
  return (
    <div role="status" className="appear-late">
      <span className="sr-only">{label}</span>
      {Array.from({ length: lines }, (_, i) => (
        <div
          // The lines are all alike
          key={i}
          aria-hidden="true"
          className="flex items-center gap-4 border-b border-line py-3"
        >
          <span className={`h-3 rounded-tag bg-band ${widths[i % widths.length]}`} />
          <span className="ml-auto h-3 w-16 rounded-tag bg-band" />
        </div>
      ))}
    </div>
  );
}

const widths = ['w-2/5', 'w-1/3', 'w-1/2', 'w-1/4'];

/** While a page's code is on its way. */
export function PageWait() {
  return (
    <div className="page">
      <Skeleton />
    </div>
  );
}

/** A page that broke. */
export function PageFault({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <div className="page">
      <Notice error={error} onRetry={() => void router.invalidate()} />
    </div>
  );
}

/** The way out of a page that has nothing to show. */
export function FirstPageLink() {
  return (
    <Link to="/" className="mt-1 inline-block text-13 text-teal underline underline-offset-4">
      Go to the first page
    </Link>
  );
}

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <main className="page">
      <PageHeading>There is no such page</PageHeading>
      <p className="mt-2 mb-6 text-ink2">
        The address may be mistyped, or what it showed has been removed.
      </p>
      <ButtonLink to="/">Go to the first page</ButtonLink>
    </main>
  );
}
