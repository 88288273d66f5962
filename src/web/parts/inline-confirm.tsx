// Owns the question before something that cannot be taken back, asked in the row itself, no modal.

import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from './button.tsx';

/** The question with its two answers. Focus comes to the first; Esc means the second. */
export function InlineConfirm({
  question,
  yes,
  no,
  busy,
  onYes,
  onNo,
}: {
  question: ReactNode;
  yes: string;
  no: string;
  busy: boolean;
  onYes: () => void;
  onNo: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector('button')?.focus(), []);
  return (
    // Esc is a second way to the second button
    <div
      ref={box}
      onKeyDown={(e) => {
        if (e.key === 'Escape') onNo();
      }}
      className="flex flex-wrap items-center gap-x-4 gap-y-2"
    >
      <p className="min-w-56 flex-1 text-13 text-ink">{question}</p>
      <div className="flex gap-2">
        <Button busy={busy} onClick={onYes}>
          {yes}
        </Button>
        <Button look="quiet" className="px-2" onClick={onNo}>
          {no}
        </Button>
      </div>
    </div>
  );
}
