// Owns what of athenahealth cannot be said as data. Sources stand in README.md beside this.

import type { FailedAnswer, PortalHooks, TokenFacts } from '../portal.ts';

export const athenahealthHooks: PortalHooks = {
  /** `ah_practice` (`a-1.Practice-80000`) stands in the reply or as a claim of the access token, or in neither. */
  conformTokenReply(facts: TokenFacts) {
    const said = facts.reply.ah_practice ?? facts.accessClaims?.ah_practice;
    const id = typeof said === 'string' ? /Practice-(\d+)$/.exec(said)?.[1] : undefined;
    return { clinicId: id ?? null };
  },

  /** QUIRK 403-means-three-things: a wrong search, a scope that is missing, access withdrawn. */
  classifyError(answer: FailedAnswer) {
    if (answer.status !== 403) return undefined;
    if (/required parameter combinations/i.test(answer.outcomeText))
      return 'fhir.required_parameter';
    if (/invalid token scope/i.test(answer.outcomeText)) return 'fhir.scope_missing';
    return undefined;
  },
};
