// Owns the heading of a page, where its reading begins.

import { type ReactNode, useEffect, useRef } from 'react';

/**
 * The heading. It takes the focus when its page comes up: what had it is gone with the page before, and whoever reads
 * with a keyboard or by ear would begin at the top of everything again. A page that has a field takes it from there.
 */
export function PageHeading({
  className = '',
  children,
}: {
  className?: string;
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <h1 ref={heading} tabIndex={-1} className={`text-24 font-semibold ${className}`}>
      {children}
    </h1>
  );
}
