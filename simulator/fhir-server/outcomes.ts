// The words and shapes of refusals, as they were recorded or documented for the vendor.

/** An answer that is not a resource page: its status, body and media type. */
export type Refusal = {
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
};

/** 403 for a search without any of the required combinations. */
export function missingCombination(
  status: number,
  combinations: readonly (readonly string[])[],
): Refusal {
  const list = combinations.map((names) => `[${names.join(',')}]`).join(',');
  return outcome(status, {
    severity: 'fatal',
    code: 'forbidden',
    details: {
      text: `The search query could not be performed because one of the required parameter combinations [${list}] was not provided.`,
    },
    expression: combinations.map((names) => names.join(',')),
  });
}

/** HAPI's words for a search that it has no method for: parameters are matched as a set. */
export function unknownOperation(status: number, names: readonly string[]): Refusal {
  return outcome(status, {
    severity: 'error',
    code: 'processing',
    diagnostics: `Invalid request: Does not know how to handle get operation with parameter [${names.join(',')}]`,
  });
}

/** 403 for a type that the token has no scope for. */
export function invalidTokenScope(type: string): Refusal {
  return outcome(403, {
    severity: 'fatal',
    code: 'forbidden',
    details: { text: 'Invalid Token Scope' },
    expression: [type],
  });
}

/** 403 for another patient's or another practice's data. */
export function noAccessToContext(): Refusal {
  return outcome(403, {
    severity: 'fatal',
    code: 'forbidden',
    details: { text: 'You do not have access to this context' },
  });
}

/** 400 with `details` as a plain string instead of a CodeableConcept, as the vendor writes it. */
export function invalidRequest(details = 'Invalid FHIR request'): Refusal {
  return outcome(400, { severity: 'error', code: 'business-rule', details });
}

/** 400 for a search that must name something more; the code says so (FHIR R4 IssueType). */
export function wantsMore(parameter: string, status = 400): Refusal {
  return outcome(status, {
    severity: 'error',
    code: 'required',
    diagnostics: `The search needs one value of the parameter ${parameter}.`,
  });
}

/** For a clinic that lets no patients' programs in; the words are made up, none were recorded. */
export function notSwitchedOn(status: number): Refusal {
  return outcome(status, {
    severity: 'error',
    code: 'processing',
    diagnostics: 'Invalid request: the practice is not available.',
  });
}

/** 406 for an Accept header that the server does not take. */
export function notAcceptable(): Refusal {
  return outcome(406, {
    severity: 'error',
    code: 'not-supported',
    diagnostics: 'The media type is not supported.',
  });
}

/** 404 for an id that is not there, or not this patient's. */
export function notFound(type: string, id: string): Refusal {
  return outcome(404, {
    severity: 'error',
    code: 'not-found',
    details: { text: `The requested resource ${type}/${id} was not found.` },
  });
}

/** 401 for a token that is expired, revoked or not one of ours. */
export function invalidToken(): Refusal {
  return {
    status: 401,
    body: '{"error":"invalid_token","detailedmessage":"The access token is invalid or has expired."}',
    contentType: 'application/json',
  };
}

/** The plain text that the vendor's gateway gives for a path it does not route. */
export function notRegistered(): Refusal {
  return {
    status: 404,
    body: 'Service not registered with API gateway.',
    contentType: 'text/plain; charset=utf-8',
  };
}

/** 500 with an OperationOutcome. */
export function serverFault(): Refusal {
  return outcome(500, {
    severity: 'fatal',
    code: 'exception',
    details: { text: 'An unexpected error occurred.' },
  });
}

/** 429 of the FHIR server. */
export function tooManyRequests(): Refusal {
  return outcome(429, {
    severity: 'error',
    code: 'throttled',
    details: { text: 'The request rate was exceeded.' },
  });
}

/** The page that a load balancer puts in place of an answer. */
export function loadBalancerPage(status: number): Refusal {
  return {
    status,
    body: '<!DOCTYPE html><html><head><title>Service Temporarily Unavailable</title></head><body><h1>Service Temporarily Unavailable</h1></body></html>',
    contentType: 'text/html; charset=utf-8',
  };
}

export const fhirJson = 'application/fhir+json; charset=utf-8';

function outcome(status: number, issue: Record<string, unknown>): Refusal {
  return {
    status,
    body: JSON.stringify({ resourceType: 'OperationOutcome', issue: [issue] }),
    contentType: fhirJson,
  };
}
