// Owns the words of a refusal where they stand under a field.

import type { Problem } from '../../../http/contract.ts';
import { sentenceCase } from '../../parts/words.ts';

/** The sentence, and what the server said besides. */
export function ProblemWords({ problem: { title, detail } }: { problem: Problem }) {
  return (
    <>
      {title}
      {detail && <span className="block text-ink2">{sentenceCase(detail)}</span>}
    </>
  );
}
