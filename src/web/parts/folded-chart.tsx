// Owns the drawing of an empty page.

/** A chart folded in three; decoration. */
export function FoldedChart() {
  return (
    <svg viewBox="0 0 210 128" width="210" height="128" aria-hidden="true" className="max-w-full">
      <g strokeLinejoin="round" strokeWidth="1.5" className="stroke-line3">
        <path d="M2 28 73 2v98L2 126z" className="fill-surface" />
        <path d="M73 2l63 26v98L73 100z" className="fill-band" />
        <path d="M136 28l72-26v98l-72 26z" className="fill-surface" />
      </g>
      <g fill="none" strokeWidth="1.8" strokeLinecap="round" className="stroke-line2">
        <path d="M18 43l26-9M152 90l40-15M152 104l26-10" />
      </g>
      <path
        d="M16 79l18-12 16 4 23-22 26 22 20-4 17 8 22-22 17 3 17-20"
        fill="none"
        strokeWidth="2"
        strokeLinejoin="round"
        strokeLinecap="round"
        className="stroke-teal"
      />
      <circle cx="194" cy="33" r="3.5" className="fill-teal" />
    </svg>
  );
}
