// Owns the words for which version of a record is shown.

const ordinals = ['', 'First', 'Second', 'Third', 'Fourth', 'Fifth', 'Sixth', 'Seventh', 'Eighth'];

/** `One version, unchanged since.`, `Second version; the first is kept.`, `Version 12; …` */
export function versionWords(versions: number): string {
  if (versions <= 1) return 'One version, unchanged since.';
  const which = ordinals[versions] ? `${ordinals[versions]} version` : `Version ${versions}`;
  return `${which}; ${versions === 2 ? 'the first is' : 'the earlier ones are'} kept.`;
}
