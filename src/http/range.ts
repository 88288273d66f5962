// Owns reading a Range header: which bytes of an answer are wanted. Pure.

export type ByteRange = {
  readonly from: number /** The first one that is no longer wanted. */;
  readonly to: number;
};

/**
 * The bytes that a request wants of so many. Several ranges at once are answered whole, as a server may; so is what is
 * no range.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.2
 */
export function readRange(
  header: string | undefined,
  bytes: number,
): ByteRange | 'whole' | 'none-of-it' {
  const [, first = '', last = ''] = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return 'whole';
  if (first === '') {
    const wanted = Math.min(Number(last), bytes);
    return wanted === 0 ? 'none-of-it' : { from: bytes - wanted, to: bytes };
  }
  const from = Number(first);
  const to = last === '' ? bytes : Math.min(Number(last) + 1, bytes);
  if (last !== '' && Number(last) < from) return 'whole';
  return from >= bytes ? 'none-of-it' : { from, to };
}
