// Owns how a value with its unit stands in a narrow column.

/** In one line where it is as short as values are; else broken wherever it must be. */
export function valueWrap({ value, unit }: { value: string; unit: string | null }): string {
  return value.length + (unit ?? '').length < 24 ? 'whitespace-nowrap' : '[overflow-wrap:anywhere]';
}
