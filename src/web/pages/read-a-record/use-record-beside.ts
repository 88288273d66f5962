// Owns a record that stands open beside the list it is in: a place of its own. Opening pushes it, moving inside it
// replaces it, closing leaves the list where it was and gives the focus back to the row.

import { useNavigate } from '@tanstack/react-router';
import { useCallback, useRef } from 'react';

const LISTS = {
  timeline: {
    list: '/people/$personId/timeline',
    record: '/people/$personId/timeline/$recordId',
  },
  changes: {
    list: '/people/$personId/changes',
    record: '/people/$personId/changes/$recordId',
  },
} as const;

/** @param stepTo the record before or after one; none at the ends */
export function useRecordBeside(
  of: keyof typeof LISTS,
  personId: string,
  recordId: string | undefined,
  stepTo: (from: string, by: 1 | -1) => string | undefined | Promise<string | null>,
) {
  const { list, record } = LISTS[of];
  const navigate = useNavigate();
  const shown = useRef(recordId);
  shown.current = recordId;
  const open = useCallback(
    (id: string, replace: boolean) =>
      void navigate({
        to: record,
        params: { personId, recordId: id },
        hash: true,
        replace,
        resetScroll: false,
      }),
    [navigate, personId, record],
  );
  const onClose = useCallback(() => {
    const id = shown.current;
    void navigate({ to: list, params: { personId }, hash: true, resetScroll: false }).then(() => {
      ((id && rowOf(id)) || document.getElementById('main'))?.focus();
    });
  }, [navigate, personId, list]);
  return {
    onClose,
    onOpen: (id: string) => open(id, false),
    onStep: (by: 1 | -1) => {
      if (!recordId) return;
      void Promise.resolve(stepTo(recordId, by)).then((next) => {
        if (next) open(next, true);
      });
    },
  };
}

/** The row of a record in the list. */
export function rowOf(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-record="${CSS.escape(id)}"]`);
}
