// Owns turning the HTML of notes into paragraphs of plain text. No markup survives, so nothing in it can act.

const DROPPED = new Set(['script', 'style', 'head', 'title', 'template', 'noscript']);
const BLOCKS = new Set([
  'address',
  'article',
  'blockquote',
  'br',
  'dd',
  'div',
  'dl',
  'dt',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'li',
  'ol',
  'p',
  'pre',
  'section',
  'table',
  'tr',
  'ul',
]);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  deg: '°',
  micro: 'µ',
  ndash: '–',
  mdash: '—',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
};

/** Paragraphs of an HTML text, in order, white space folded; empty ones left out. */
export function htmlParagraphs(html: string): string[] {
  const lower = html.toLowerCase();
  let out = '';
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open < 0) {
      out += html.slice(at);
      break;
    }
    out += html.slice(at, open);
    const isTag = /[A-Za-z/!?]/.test(html[open + 1] ?? '');
    if (!isTag) {
      out += '<';
      at = open + 1;
      continue;
    }
    const isComment = html.startsWith('<!--', open);
    const close = html.indexOf(isComment ? '-->' : '>', open);
    if (close < 0) break;
    const name =
      /^<\/?([A-Za-z][A-Za-z0-9]*)/.exec(html.slice(open, open + 20))?.[1]?.toLowerCase() ?? '';
    at = close + (isComment ? 3 : 1);
    if (DROPPED.has(name) && html[open + 1] !== '/') at = endOf(lower, name, at);
    else if (BLOCKS.has(name)) out += '\n';
    else if (name === 'td' || name === 'th') out += ' ';
  }
  return plainParagraphs(decode(out));
}

/** Paragraphs of a plain text. */
export function plainParagraphs(plain: string): string[] {
  return plain
    .split(/\n+/)
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .filter(Boolean);
}

/** Where an element that is left out has ended. @param lower the text in lower case, made once for all of them */
function endOf(lower: string, name: string, from: number): number {
  const end = lower.indexOf(`</${name}`, from);
  const close = end < 0 ? -1 : lower.indexOf('>', end);
  return close < 0 ? lower.length : close + 1;
}

function decode(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
    const point =
      name[1]?.toLowerCase() === 'x' ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
