// Proves that a recovery kit comes back as the same key however it is typed, and that a row typed wrongly is named.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kitRows, readKit } from './kit.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** What reading says; `null` where it reads. */
function faultOf(rows: readonly string[]): string | null | undefined {
  try {
    readKit(rows.join('\n'));
    return null;
  } catch (error) {
    expect(error).toMatchObject({ code: 'keys.wrong_kit' });
    return (error as { detail?: string }).detail;
  }
}

describe('a recovery kit', () => {
  it('is read with spaces where hyphens are printed, with or without the numbers of its rows', () => {
    const recovery = new Uint8Array(32).map((_, i) => i * 7);
    const rows = kitRows(recovery).map((row) => row.replaceAll('-', ' '));
    expect(readKit(rows.join('\n'))).toEqual(Buffer.from(recovery));
    const numbered = rows.map((row, i) => `  ${i + 1}   ${row.toLowerCase()} `).join('\n');
    expect(readKit(`RECOVERY KIT of this Chartfold\n\n${numbered}\n`)).toEqual(
      Buffer.from(recovery),
    );
  });

  it('is four rows of three groups, and gives the key back', () => {
    fc.assert(
      fc.property(key, (recovery) => {
        const rows = kitRows(recovery);
        expect(rows).toHaveLength(4);
        for (const row of rows)
          expect(row).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){2}$/);
        expect([...readKit(rows.join('\n'))]).toEqual([...recovery]);
      }),
    );
  });

  it('may be typed in small letters, with O for 0 and I or L for 1, and with words around', () => {
    fc.assert(
      fc.property(key, (recovery) => {
        const rows = kitRows(recovery).map((row) =>
          row.toLowerCase().replaceAll('0', 'o').replace('1', 'l').replace('1', 'I'),
        );
        const page = `RECOVERY KIT of this Chartfold\n${rows.map((row, i) => ` ${i + 1}  ${row} `).join('\r\n')}\n`;
        expect([...readKit(page)]).toEqual([...recovery]);
      }),
    );
  });

  it('with any one character wrong names the row', () => {
    fc.assert(
      fc.property(
        key,
        fc.nat(3),
        fc.nat(16),
        fc.constantFrom(...SYMBOLS),
        (recovery, row, at, symbol) => {
          const rows = kitRows(recovery);
          const old = rows[row] ?? '';
          fc.pre(old[at] !== '-' && old[at] !== symbol);
          rows[row] = `${old.slice(0, at)}${symbol}${old.slice(at + 1)}`;
          expect(faultOf(rows)).toBe(`row ${row + 1}: a typing error`);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('with two neighbouring characters or two rows exchanged names a row', () => {
    fc.assert(
      fc.property(key, fc.nat(3), fc.nat(13), (recovery, row, at) => {
        const rows = kitRows(recovery);
        const symbols = [...(rows[row] ?? '').replaceAll('-', '')];
        const [a = '', b = ''] = [symbols[at], symbols[at + 1]];
        fc.pre(a !== b);
        symbols.splice(at, 2, b, a);
        const text = symbols.join('');
        rows[row] = `${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10)}`;
        expect(faultOf(rows)).toBe(`row ${row + 1}: a typing error`);
      }),
    );
    const [one = '', two = '', ...rest] = kitRows(new Uint8Array(32).fill(5));
    expect(faultOf([two, one, ...rest])).toBe('row 1: a typing error');
  });

  it('with a row too few, too short, or with a character that is not used says so', () => {
    const rows = kitRows(new Uint8Array(32).fill(5));
    expect(faultOf(rows.slice(1))).toBe('3 rows instead of 4');
    expect(faultOf(rows.with(2, (rows[2] ?? '').slice(0, -1)))).toBe(
      'row 3: 14 characters instead of 15',
    );
    expect(faultOf(rows.with(3, `U${(rows[3] ?? '').slice(1)}`))).toBe('row 4: U is not used');
  });
});
