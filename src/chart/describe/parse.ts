// Owns reading a raw resource for the chart so that decimals stay as they were written: `565.60` is a text
// `565.60` here, not a number that has lost its zero.

import type { Obj } from '../../fhir/text/codes.ts';

/** Numbers whose usual spelling is another than the one that came: `565.60`, `1E2`, more digits than a double keeps. */
const UNUSUAL = /[:[,]\s*-?(?:\d+(?:\.\d*0(?=\D)|\.?\d*[eE])|[\d.]{16})/;

type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { source?: string },
) => unknown;
const keepSource: Reviver = (_key, value, context) =>
  typeof value === 'number' && context.source !== undefined && context.source !== String(value)
    ? context.source
    : value;

/** Parses a resource's exact text; undefined where it is no object (it stays in the store and out of the chart). */
export function parseForChart(raw: string): Obj | undefined {
  try {
    // The reviver costs several times the parse, so it is used only where it can matter.
    const value: unknown = UNUSUAL.test(raw)
      ? JSON.parse(raw, keepSource as never)
      : JSON.parse(raw);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Obj)
      : undefined;
  } catch {
    return undefined; // The scanner let it through as a span; the chart has nothing to say of it.
  }
}
