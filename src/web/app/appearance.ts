// Owns the choice between light and dark: the system's, or the person's own, kept in this browser.

export type Appearance = 'system' | 'light' | 'dark';

const key = 'chartfold.appearance';

/** The choice made in this browser; `system` where none was made or storage is closed. */
export function readAppearance(): Appearance {
  try {
    const kept = localStorage.getItem(key);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system';
  }
}

/** Keeps the choice and shows it at once. */
export function chooseAppearance(choice: Appearance): void {
  try {
    if (choice === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
  } catch {
    // Storage is closed (private window): the choice holds until the page is left.
  }
  show(choice);
}

/** Shows the kept choice; called before the first drawing. */
export function applyAppearance(): void {
  show(readAppearance());
}

function show(choice: Appearance): void {
  const root = document.documentElement;
  if (choice === 'system') delete root.dataset.theme;
  else root.dataset.theme = choice;
}
