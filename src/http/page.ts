// Owns the one page that the server writes itself: a sentence where there is no app to show it, such as the end of a
// sign-in that was begun elsewhere. No script; its style is allowed by the response's nonce.

import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { asChartfoldError } from '../platform/errors.ts';
import type { Env } from './problem.ts';

const STYLE = `
:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#fbf9f5;color:#22201c;font:18px/1.55 system-ui,sans-serif}
main{max-width:34rem;padding:2rem}
h1{font-size:24px;line-height:32px;margin:0 0 12px;font-weight:600}
p{margin:0 0 12px;color:#57524a}a{color:#0b6a65}input,button{font:inherit;padding:8px 12px;border:1px solid #8a8376;border-radius:8px;background:none;color:inherit}button{border-color:#0b6a65;background:#0b6a65;color:#fff}small{color:#6c665b;font-size:13px}
@media(prefers-color-scheme:dark){body{background:#1a1915;color:#eeeae1}p{color:#b8b2a6}a{color:#66c8be}small{color:#9c9689}}`;

/** A page with a heading and a sentence, both plain text. */
export function page(
  c: Context<Env>,
  content: {
    title: string;
    sentence: string;
    small?: string;
    link?: { href: string; text: string };
  },
  status: ContentfulStatusCode = 200,
): Response {
  const { title, sentence, small, link } = content;
  const anchor = link ? `<p><a href="${escape(link.href)}">${escape(link.text)}</a></p>` : '';
  const end = small ? `<small>${escape(small)}</small>` : '';
  return c.html(documentOf(c, title, `<p>${escape(sentence)}</p>${anchor}${end}`), status);
}

/** A page with a sentence and a form of one secret field. */
export function formPage(
  c: Context<Env>,
  form: {
    title: string;
    sentence: string;
    action: string;
    label: string;
    name: string;
    button: string;
  },
  status: ContentfulStatusCode = 200,
): Response {
  const { title, sentence, action, label, name, button } = form;
  const field = `<label>${escape(label)}<br><input type="password" name="${escape(name)}" autocomplete="current-password" required autofocus></label>`;
  return c.html(
    documentOf(
      c,
      title,
      `<p>${escape(sentence)}</p><form method="post" action="${escape(action)}"><p>${field}</p><p><button>${escape(button)}</button></p></form>`,
    ),
    status,
  );
}

/** The page for an error of the sign-in flow. */
export function errorPage(c: Context<Env>, thrown: unknown): Response {
  const error = asChartfoldError(thrown);
  return page(
    c,
    {
      title: 'This sign-in did not succeed',
      sentence: error.row.sentence,
      small: `${error.code}, request ${c.get('requestId')}`,
      link: { href: '/connections', text: 'Back to Connections' },
    },
    error.row.status as ContentfulStatusCode,
  );
}

/** Whether a person looks at the answer, not a program. */
export function wantsPage(c: Context<Env>): boolean {
  return /\btext\/html\b/.test(c.req.header('accept') ?? '');
}

/** The page at an address that is none of ours: it names the right one, and leads nobody there unasked. */
export function wrongAddressPage(c: Context<Env>, publicUrl: string): Response {
  return page(
    c,
    {
      title: 'Chartfold is at another address',
      sentence: 'This one leads to the same machine, but Chartfold does not answer to it. Use:',
      link: { href: publicUrl, text: publicUrl },
      small:
        'access.wrong_host. Whoever runs this Chartfold can set its address with PUBLIC_URL, and further ones with ALLOWED_HOSTS.',
    },
    421,
  );
}

function documentOf(c: Context<Env>, title: string, content: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)} · Chartfold</title><style nonce="${c.get('nonce')}">${STYLE}</style></head><body><main><h1>${escape(title)}</h1>${content}</main></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
