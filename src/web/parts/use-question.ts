// Owns a question asked in a row (inline-confirm.tsx): whether it is asked, and that the focus comes back to the button
// that asked it, which is drawn anew when the question goes.

import { useRef, useState } from 'react';

/** `opener` is the ref of the button. */
export function useQuestion() {
  const [isAsking, setAsking] = useState(false);
  const wasLeft = useRef(false);
  return {
    isAsking,
    ask: () => setAsking(true),
    leave: () => {
      wasLeft.current = true;
      setAsking(false);
    },
    opener: (button: HTMLButtonElement | null) => {
      if (!button || !wasLeft.current) return;
      wasLeft.current = false;
      button.focus();
    },
  };
}
