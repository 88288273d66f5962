// Owns the words of a sync under way.

import type { Progress } from '../../http/contract.ts';
import { figures, listed } from './words.ts';

/** `about a minute left`; null while too little is known to say. */
export function timeLeft(
  { startedAt, done, total }: Pick<Progress, 'startedAt' | 'done' | 'total'>,
  now: Date,
): string | null {
  const elapsed = (now.getTime() - new Date(startedAt).getTime()) / 1000;
  // Four answered questions make a rate; before five seconds it is a guess.
  if (done < 4 || elapsed < 5 || done >= total) return null;
  const seconds = (elapsed / done) * (total - done);
  if (seconds < 20) return 'a few seconds left';
  if (seconds < 50) return 'less than a minute left';
  if (seconds < 90) return 'about a minute left';
  return `about ${Math.round(seconds / 60)} minutes left`;
}

/** `Coverage was refused, the rest goes on`. */
export function troubleWords(troubles: Progress['troubles']): string {
  const of = (outcome: string) => troubles.filter((t) => t.outcome === outcome).map((t) => t.label);
  const said = [
    phrase(of('refused'), 'was refused', 'were refused'),
    phrase(of('failed'), 'failed', 'failed'),
    phrase(of('part'), 'came in part', 'came in part'),
  ].filter((s) => s !== null);
  return `${said.join(', ')}, the rest goes on`;
}

function phrase(labels: string[], one: string, many: string): string | null {
  if (labels.length === 0) return null;
  if (labels.length > 3) return `${labels.length} questions ${many}`;
  return `${listed(labels)} ${labels.length === 1 ? one : many}`;
}

/** What a screen reader hears: changes at each quarter, not at each question. */
export function announced({ done, total, received }: Progress): string {
  const quarter = total === 0 ? 4 : Math.floor((done / total) * 4);
  if (quarter === 0) return 'The sync has begun.';
  if (quarter >= 4) return `All ${total} questions asked, ${figures(received)} records received.`;
  return `${['', 'A quarter', 'Half', 'Three quarters'][quarter]} of the questions asked.`;
}
