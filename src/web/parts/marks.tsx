// Owns the small signs: the shape of a source, a flag with its word, the badges. Shape says where
// from, a word always stands beside a colour.

import type { Flag as FlagCode, SourceMark as Mark } from '../../http/contract.ts';
import { flagWord } from './flags.ts';

/** The shape that stands for a source. Give `name` only where the name is not written beside it. */
export function SourceMark({
  mark,
  name,
  size = 10,
}: {
  mark: Mark;
  name?: string;
  size?: number;
}) {
  return (
    <svg
      viewBox="0 0 12 12"
      width={size}
      height={size}
      className="inline-block shrink-0 text-ink2"
      {...(name ? { role: 'img', 'aria-label': name } : { 'aria-hidden': true })}
    >
      {name && <title>{name}</title>}
      {shapes[mark]}
    </svg>
  );
}

const shapes: { readonly [mark in Mark]: React.JSX.Element } = {
  circle: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  square: <rect x="1.5" y="1.5" width="9" height="9" fill="currentColor" />,
  diamond: <path d="M6 .2 11.8 6 6 11.8.2 6z" fill="currentColor" />,
  hexagon: <path d="M3.2 1.2h5.6L11.8 6 8.8 10.8H3.2L.2 6z" fill="currentColor" />,
  ring: <circle cx="6" cy="6" r="4.4" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  plus: <path d="M6 .8v10.4M.8 6h10.4" fill="none" stroke="currentColor" strokeWidth="1.6" />,
};

/** A source: its shape and its name. */
export function SourceName({ mark, name }: { mark: Mark; name: string }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-2 text-13 text-ink2">
      <SourceMark mark={mark} />
      <bdi className="truncate">{name}</bdi>
    </span>
  );
}

/** High, low or abnormal: a filled triangle (a square where there is no direction) and the word. */
export function Flag({ flag }: { flag: FlagCode }) {
  const critical = flag.startsWith('critical');
  return (
    <span
      className={`inline-flex items-center gap-1.5 text-13 font-medium whitespace-nowrap ${critical ? 'text-red' : 'text-amber'}`}
    >
      <FlagShape flag={flag} />
      {flagWord(flag)}
    </span>
  );
}

/** The flag's shape alone; its word must stand elsewhere. */
export function FlagShape({ flag }: { flag: FlagCode }) {
  const path = flag.endsWith('high')
    ? 'M4.5 1 8.5 8h-8z'
    : flag.endsWith('low')
      ? 'M4.5 8 .5 1h8z'
      : 'M1 1h7v7H1z';
  return (
    <svg
      viewBox="0 0 9 9"
      width="9"
      height="9"
      aria-hidden="true"
      className={`shrink-0 ${flag.startsWith('critical') ? 'text-red-mark' : 'text-amber-mark'}`}
    >
      <path d={path} fill="currentColor" />
    </svg>
  );
}

/** Dashed amber: the vendor's test environment, never mixed up with a real record. */
export function PreviewBadge() {
  return (
    <span className="rounded-tag border border-dashed border-amber-mark px-1.5 text-12 font-medium text-amber">
      Preview
    </span>
  );
}

/** What a simulated portal filled. */
export function SampleBadge() {
  return (
    <span className="rounded-tag border border-line2 px-1.5 text-12 font-medium text-ink2">
      Sample
    </span>
  );
}

/** The folded chart, as a mark beside the name. */
export function Logo() {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" className="text-teal">
      <path d="M3 6.2 9 4v14.6l-6 2.2zM15 6.2 21 4v14.6l-6 2.2z" fill="currentColor" />
      <path d="M9 4l6 2.2v14.6l-6-2.2z" fill="currentColor" opacity="0.55" />
    </svg>
  );
}
