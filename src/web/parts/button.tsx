// Owns the forms of a button and of a link that looks like one. One filled button a page at most.

import { Link, type LinkProps } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';

type ButtonLook = 'filled' | 'plain' | 'text' | 'quiet';

const base =
  'inline-flex items-center justify-center gap-2 rounded-box font-medium text-13 whitespace-nowrap transition-colors duration-100 disabled:opacity-60 aria-disabled:opacity-60';
const box = 'min-h-11 px-4 desk:min-h-8 desk:px-3';
const looks: { readonly [look in ButtonLook]: string } = {
  filled: `${base} ${box} bg-teal text-on-teal hover:bg-teal/90`,
  plain: `${base} ${box} border border-line2 bg-surface text-ink hover:bg-sunk`,
  text: `${base} min-h-11 desk:min-h-8 text-teal hover:underline underline-offset-4`,
  quiet: `${base} min-h-11 desk:min-h-8 text-ink2 font-normal hover:text-ink hover:underline underline-offset-4`,
};

/** The classes of a button, for elements that must be something else. */
export function buttonLook(look: ButtonLook): string {
  return looks[look];
}

/** A button. `busy` keeps its place and its focus while a request is under way. */
export function Button({
  look = 'plain',
  busy = false,
  className = '',
  onClick,
  ...rest
}: ComponentProps<'button'> & { look?: ButtonLook; busy?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
      className={`${looks[look]} ${className}`}
    />
  );
}

/** A link in the form of a button. */
export function ButtonLink({
  look = 'plain',
  className = '',
  children,
  ...to
}: LinkProps & { look?: ButtonLook; className?: string; children: ReactNode }) {
  return (
    <Link {...to} className={`${looks[look]} ${className}`}>
      {children}
    </Link>
  );
}
