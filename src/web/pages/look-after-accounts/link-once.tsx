// Owns showing a sign-in link, this once.

import { useEffect, useRef } from 'react';
import '../../mono.css';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';

/** The link, to be copied. */
export function LinkOnce({
  name,
  link,
  onDone,
}: {
  name: string;
  link: string;
  onDone: () => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="rounded-box border border-line2 bg-surface px-5 py-4">
      <h3 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        The link for {name}
      </h3>
      <p className="mt-1 text-13 text-ink2">
        It is shown this once, and works once, for a week. Whoever opens it is {name}. One made
        before works no more.
      </p>
      <p data-link className="my-3 font-mono text-13 break-all">
        {link}
      </p>
      <div className="flex flex-wrap gap-3">
        <CopyButton text={link} name="The link" label="Copy the link" />
        <Button look="quiet" onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}
