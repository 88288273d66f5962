// Owns the recovery kit: the key of the backups as text to be printed and typed. Four rows of Crockford's base 32, each
// with a check of its own, so that a row typed wrongly is named.

import { asCrockford, CROCKFORD } from '../../platform/crockford.ts';
import { ChartfoldError } from '../../platform/errors.ts';

const ROWS = 4;
const ROW_BYTES = 8;
const ROW_SYMBOLS = 15;
/** 15 symbols hold 75 bits: 64 of the key and 11 of the check. */
const CHECK_BITS = 11n;
/** The three fives of a row with spaces between, as the end of a line. */
const SPACED_ROW = /\b([0-9A-Za-z]{5})[ \t]+([0-9A-Za-z]{5})[ \t]+([0-9A-Za-z]{5})[ \t]*$/gm;
/** Prime: one wrong symbol, or two next to each other exchanged, always changes the remainder. */
const MODULUS = 2039n;

/** The four rows of a recovery key (32 bytes), such as `3G0X7-KD21M-9QZ4T`. */
export function kitRows(recovery: Uint8Array): string[] {
  return Array.from({ length: ROWS }, (_, row) => {
    const part = Buffer.from(recovery).subarray(row * ROW_BYTES, (row + 1) * ROW_BYTES);
    const value = part.readBigUInt64BE();
    return symbolsOf((value << CHECK_BITS) | checkOf(value, row));
  });
}

/**
 * Reads a kit as it was typed: any case, O for 0, I and L for 1, spaces for hyphens, anything around the rows.
 * @returns the recovery key
 * @throws keys.wrong_kit naming the row
 */
export function readKit(text: string): Uint8Array {
  const hyphened = text.replaceAll(SPACED_ROW, '$1-$2-$3');
  const rows = hyphened
    .split(/\s+/)
    .filter((word) => /^[0-9A-Za-z]+(-[0-9A-Za-z]+){2}$/.test(word));
  if (rows.length !== ROWS) throw wrong(`${rows.length} rows instead of ${ROWS}`);
  return Buffer.concat(rows.map(readRow));
}

function readRow(text: string, row: number): Buffer {
  const symbols = asCrockford(text);
  if (symbols.length !== ROW_SYMBOLS)
    throw wrong(`row ${row + 1}: ${symbols.length} characters instead of ${ROW_SYMBOLS}`);
  let whole = 0n;
  for (const symbol of symbols) {
    const value = CROCKFORD.indexOf(symbol);
    if (value < 0) throw wrong(`row ${row + 1}: ${symbol} is not used`);
    whole = whole * 32n + BigInt(value);
  }
  const value = whole >> CHECK_BITS;
  if ((whole & ((1n << CHECK_BITS) - 1n)) !== checkOf(value, row))
    throw wrong(`row ${row + 1}: a typing error`);
  const bytes = Buffer.alloc(ROW_BYTES);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** Another for each row, so that exchanged rows are noticed. */
function checkOf(value: bigint, row: number): bigint {
  return (value + BigInt(row) * 37n) % MODULUS;
}

function symbolsOf(value: bigint): string {
  const symbols = Array.from({ length: ROW_SYMBOLS }, (_, i) => {
    const digit = (value >> BigInt(5 * (ROW_SYMBOLS - 1 - i))) & 31n;
    return CROCKFORD[Number(digit)];
  });
  return [0, 5, 10].map((at) => symbols.slice(at, at + 5).join('')).join('-');
}

function wrong(detail: string): ChartfoldError {
  return new ChartfoldError('keys.wrong_kit', { detail });
}
