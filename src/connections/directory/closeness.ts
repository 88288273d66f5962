// Owns how near two words are: the slips of a typing hand between them (a letter left out, too many, another, two
// exchanged), and a quick look that spares most comparisons. Pure.

/**
 * The number of slips between what was typed and a word (optimal string alignment), or `most + 1` where there are more.
 * @param ofBeginning the fewest slips to any beginning of the word, for what is still being typed
 */
export function slipsBetween(
  typed: string,
  word: string,
  most: number,
  ofBeginning = false,
): number {
  if (typed.length - word.length > most) return most + 1;
  if (!ofBeginning && word.length - typed.length > most) return most + 1;
  const end = Math.min(word.length, typed.length + most);
  let before: number[] = [];
  let last: number[] = Array.from({ length: end + 1 }, (_, j) => j);
  for (let i = 1; i <= typed.length; i += 1) {
    const now = [i];
    let least = i;
    for (let j = 1; j <= end; j += 1) {
      const isSame = typed[i - 1] === word[j - 1];
      let slips = Math.min(
        (last[j] as number) + 1,
        (now[j - 1] as number) + 1,
        (last[j - 1] as number) + (isSame ? 0 : 1),
      );
      if (i > 1 && j > 1 && typed[i - 1] === word[j - 2] && typed[i - 2] === word[j - 1])
        slips = Math.min(slips, (before[j - 2] as number) + 1);
      now.push(slips);
      least = Math.min(least, slips);
    }
    if (least > most) return most + 1;
    before = last;
    last = now;
  }
  return Math.min(most + 1, ofBeginning ? Math.min(...last) : (last[end] as number));
}

/** Which letters a word has, a bit each: two words that are `n` slips apart differ in at most `2 n` of them. */
export function lettersOf(word: string): number {
  let letters = 0;
  for (let i = 0; i < word.length; i += 1) letters |= 1 << (word.charCodeAt(i) & 31);
  return letters;
}

/** How many bits are set. */
export function bitsIn(number: number): number {
  let n = number - ((number >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
