// Owns copying a text to the clipboard.

import { Copy } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from './button.tsx';

/** The button. Without a clipboard (plain http in the house) the text is shown, chosen and ready to copy. */
export function CopyButton({
  text,
  name,
  label = 'Copy',
}: {
  text: string;
  /** What the text is, for the field that shows it. */
  name: string;
  label?: string;
}) {
  const [state, setState] = useState<'idle' | 'copied' | 'by-hand'>('idle');
  const area = useRef<HTMLTextAreaElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('by-hand');
      requestAnimationFrame(() => area.current?.select());
    }
  };
  return (
    <>
      <Button onClick={() => void copy()}>
        <Copy size={16} strokeWidth={1.6} aria-hidden />
        {state === 'copied' ? 'Copied' : label}
      </Button>
      <span role="status" className="sr-only">
        {state === 'copied' && 'Copied'}
      </span>
      {state === 'by-hand' && (
        <textarea
          ref={area}
          readOnly
          aria-label={name}
          rows={Math.min(8, 1 + Math.ceil(text.length / 60))}
          value={text}
          className="w-full rounded-box border border-edge bg-surface p-3 text-13 desk:w-96"
        />
      )}
    </>
  );
}
