// Owns the forms of a button and of a link that looks like one. One filled button a page at most.

import { Link, type LinkProps } from '@tanstack/react-router';
import type { ComponentProps, ReactNode } from 'react';

type ButtonLook = 'filled' | 'plain' | 'text' | 'quiet';

const base =
  'inline-flex items-center justify-center gap-2 rounded-box font-medium text-13 transition-colors duration-100 disabled:opacity-60 aria-disabled:opacity-60';
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

/**
 * A button. `busy` keeps its place and its focus while a request is under way; `wraps` is for words that are not ours,
 * such as a name.
 */
export function Button({
  look = 'plain',
  busy = false,
  wraps = false,
  className = '',
  onClick,
  ...rest
}: ComponentProps<'button'> & { look?: ButtonLook; busy?: boolean; wraps?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || undefined}
      onClick={busy ? undefined : onClick}
      className={`${looks[look]} ${wraps ? 'min-w-0 py-2 [overflow-wrap:anywhere]' : 'whitespace-nowrap'} ${className}`}
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
    <Link {...to} className={`${looks[look]} whitespace-nowrap ${className}`}>
      {children}
    </Link>
  );
}
