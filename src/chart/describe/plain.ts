// Owns making laboratory names and numbers readable at a glance. The whole name, and the number as it was sent,
// stay on the sheet and in the raw text.

const SPECIMEN =
  /\s*(?:-|in|of)\s+(?:serum, plasma or blood|serum or plasma|plasma or serum|serum|plasma|blood|venous blood|capillary blood|red blood cells|urine|urine sediment)(?:\s+by\s+.+)?$/i;
const PROPERTY = /\s*\[[^\]]*\]/g;
const AUTOMATED = /\s+by automated count$/i;

/** A LOINC long name without its property, specimen and method: `Glucose [Mass/volume] in Serum or Plasma` → `Glucose`. */
export function plainName(name: string): string {
  const short = name.replace(PROPERTY, '').replace(AUTOMATED, '').replace(SPECIMEN, '').trim();
  return short || name;
}

/** Decimals that no instrument measures, such as a computed `26.458713174586112`, at four significant ones. */
export function plainNumber(token: string): string {
  const decimals = /^-?\d+\.(\d+)$/.exec(token)?.[1]?.length ?? 0;
  if (decimals <= 4) return token;
  const number = Number(token);
  return Math.abs(number) >= 1
    ? String(Number(number.toFixed(2)))
    : String(Number(number.toPrecision(3)));
}
