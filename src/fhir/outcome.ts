// Owns reading an OperationOutcome, leniently: servers send it with parts missing or of another
// shape. Pure.

/** One thing that a server says went wrong. */
export type OutcomeIssue = {
  /** `fatal`, `error`, `warning`, `information`, or what the server wrote. */
  readonly severity: string | undefined;
  readonly code: string | undefined;
  /** What it says in words: details, else diagnostics, else the narrative of the whole. */
  readonly text: string | undefined;
  /** FHIRPath or element path, where given. */
  readonly where: readonly string[];
};

/**
 * The issues of an OperationOutcome; undefined when the value is none.
 * @see https://hl7.org/fhir/R4/operationoutcome.html
 */
export function readOutcome(value: unknown): OutcomeIssue[] | undefined {
  if (!isRecord(value) || value.resourceType !== 'OperationOutcome') return undefined;
  const issues = Array.isArray(value.issue) ? value.issue : [value.issue];
  return issues.filter(isRecord).map((issue) => ({
    severity: text(issue.severity),
    code: text(issue.code),
    text: detailsText(issue.details) ?? text(issue.diagnostics),
    where: [...texts(issue.expression), ...texts(issue.location)],
  }));
}

/**
 * What the OperationOutcome in an answer's body says, in one line, the gravest issue first; undefined
 * when the body is no OperationOutcome. Never holds markup.
 */
export function outcomeText(body: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // An error answer is often no JSON at all: then it says nothing that can be read.
    return undefined;
  }
  const issues = readOutcome(value);
  if (!issues) return undefined;
  const said = [...issues]
    .sort((a, b) => rank(a.severity) - rank(b.severity))
    .map((issue) => issue.text ?? issue.code)
    .filter((words): words is string => words !== undefined);
  const words = said.length > 0 ? said : [narrative(value) ?? ''];
  return [...new Set(words)].join('; ').replace(/\s+/g, ' ').trim();
}

const severities = ['fatal', 'error', 'warning', 'information'];

function rank(severity: string | undefined): number {
  const place = severities.indexOf(severity ?? '');
  return place < 0 ? severities.length : place;
}

/** CodeableConcept by the specification, a plain text from some servers. */
function detailsText(details: unknown): string | undefined {
  if (!isRecord(details)) return text(details);
  const codings = Array.isArray(details.coding) ? details.coding.filter(isRecord) : [];
  const said = codings.map((coding) => text(coding.display) ?? text(coding.code));
  return text(details.text) ?? said.find((words) => words !== undefined);
}

function narrative(outcome: unknown): string | undefined {
  const div = isRecord(outcome) && isRecord(outcome.text) ? text(outcome.text.div) : undefined;
  return div?.replace(/<[^>]*>/g, ' ');
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map(text).filter((item): item is string => item !== undefined);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
