// Tasks for the test of threads: one that answers, one that refuses, one that ends its thread.

import { ChartfoldError } from './errors.ts';
import { offThread, serveTasks } from './off-thread.ts';

const tasks = {
  double: (bytes: Uint8Array) => {
    const doubled = bytes.map((byte) => byte * 2);
    return { value: doubled, moves: [doubled.buffer] };
  },
  refuse: (detail: string): { value: never } => {
    throw new ChartfoldError('fhir.not_json', { detail });
  },
  die: (): { value: never } => process.exit(1),
};

export const thread = offThread<typeof tasks>(import.meta.url);
serveTasks(import.meta.url, tasks);
