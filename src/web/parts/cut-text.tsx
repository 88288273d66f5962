// Owns a text that may be too long for a page: its beginning, how much that is, and the whole as a file.

import { Button } from './button.tsx';
import { beginning } from './short.ts';
import { figures } from './words.ts';

/** The paragraphs that fit into `most` characters in all, the last one cut where it must be. */
export function fitting(paragraphs: readonly string[], most: number): string[] {
  const shown: string[] = [];
  let room = most;
  for (const paragraph of paragraphs) {
    if (room <= 0) break;
    shown.push(beginning(paragraph, room));
    room -= paragraph.length;
  }
  return shown;
}

/** Says that a text goes on, and saves it; nothing where all of it is shown. */
export function TheRest({ text, shown, file }: { text: string; shown: number; file: string }) {
  if (text.length <= shown) return null;
  return (
    <p className="flex flex-wrap items-center gap-x-3 text-13 text-ink2">
      The first {figures(shown)} of {figures(text.length)} characters.
      <Button look="text" onClick={() => save(text, file)}>
        Save the whole text
      </Button>
    </p>
  );
}

function save(text: string, file: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file;
  link.click();
  URL.revokeObjectURL(address);
}
