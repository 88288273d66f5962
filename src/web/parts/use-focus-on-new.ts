// Owns where the focus goes when more of a list was asked for: to the first that came, since the button goes with the
// last of it.

import { useEffect, useRef } from 'react';

/**
 * Has the element that comes after so many of a list get the focus, once it is there.
 * @param count how many are there
 * @param element of the list, by its place
 * @returns to be called when more is asked for
 */
export function useFocusOnNew(
  count: number,
  element: (place: number) => HTMLElement | null,
): () => void {
  const awaited = useRef<number | null>(null);
  useEffect(() => {
    if (awaited.current === null || count <= awaited.current) return;
    element(awaited.current)?.focus();
    awaited.current = null;
  }, [count, element]);
  return () => {
    awaited.current = count;
  };
}
