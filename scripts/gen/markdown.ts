// Owns the few forms that the generated pages have in common.

/** The first lines of a generated page. */
export function heading(title: string, from: string): string {
  return `# ${title}\n\nMade from ${from} by \`node scripts/gen/all.ts\`; don't edit it here.\n`;
}

/** A table; cells are one line each, and a bar in them is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
