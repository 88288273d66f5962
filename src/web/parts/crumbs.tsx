// Owns the way back shown above a page's title.

import { Link, type LinkProps } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight } from 'lucide-react';

/** `Connections > Connect a portal`; on small screens one step back. */
export function Crumbs({
  trail,
  here,
}: {
  trail: { name: string; to: LinkProps['to']; params?: LinkProps['params'] }[];
  here: string;
}) {
  return (
    <nav aria-label="Way back" className="mb-2 flex items-center gap-1 text-13 print:hidden">
      {trail.map(({ name, to, params }, i) => (
        <span
          key={name}
          className={`items-center gap-1 desk:flex ${i === trail.length - 1 ? 'flex' : 'hidden'}`}
        >
          <ChevronLeft
            size={16}
            strokeWidth={1.6}
            aria-hidden
            className="-ml-1 text-teal desk:hidden"
          />
          <Link
            {...({ to, params } as LinkProps)}
            className="inline-flex min-h-11 items-center text-teal underline-offset-4 hover:underline desk:min-h-0"
          >
            {name}
          </Link>
          {(here !== '' || i < trail.length - 1) && (
            <ChevronRight
              size={14}
              strokeWidth={1.6}
              aria-hidden
              className="hidden text-ink3 desk:block"
            />
          )}
        </span>
      ))}
      <span className="hidden min-w-0 truncate text-ink2 desk:inline">{here}</span>
    </nav>
  );
}
