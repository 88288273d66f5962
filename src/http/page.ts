// Owns the pages that the server writes itself: a sentence where there is no app to show it, such as the end of a
// sign-in that was begun elsewhere, and the form of a locked instance. They look like the app's own pages before the
// record. No script; their style is allowed by the response's nonce.

import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { asChartfoldError } from '../platform/errors.ts';
import type { Env } from './problem.ts';

/** The colours and measures of src/web/styles.css, whose file has another name at each build. */
const STYLE = `
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:light-dark(#fbf9f5,#1a1915);color:light-dark(#22201c,#eeeae1);font:15px/22px 'Reddit Sans Variable',system-ui,sans-serif;overflow-wrap:anywhere}
main{display:flex;flex-direction:column;justify-content:center;min-height:100dvh;max-width:28rem;margin:0 auto;padding:48px 24px}
.name{display:flex;align-items:center;gap:8px;margin:0 0 32px;font-size:18px;line-height:24px;font-weight:500;color:inherit}
svg,a{color:light-dark(#0b6a65,#66c8be)}
h1{font-size:24px;line-height:32px;margin:0;font-weight:600;letter-spacing:-.012em}
p{margin:8px 0 0;color:light-dark(#57524a,#b8b2a6)}
form{display:flex;flex-direction:column;gap:16px;margin-top:20px}
label{display:block;font-size:13px;line-height:20px;font-weight:500;margin-bottom:4px}
input,button{width:100%;height:44px;font:inherit;border-radius:6px}
input{padding:0 12px;border:1px solid light-dark(#8f8675,#77715f);background:light-dark(#fffefc,#201e1a);color:inherit}
button{border:0;background:light-dark(#0b6a65,#66c8be);color:light-dark(#fff,#0a211e);font-weight:500;cursor:pointer}
:focus-visible{outline:2px solid light-dark(#0b6a65,#66c8be);outline-offset:2px}
[role=alert]{margin:0;padding:10px 16px;border-radius:6px;background:light-dark(#faf0dc,#33280f);color:inherit}
small{display:block;margin-top:32px;color:light-dark(#6c665b,#9c9689);font-size:13px;line-height:20px}`;

/** The mark of src/web/parts/marks.tsx. */
const NAME =
  '<p class="name"><svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="M3 6.2 9 4v14.6l-6 2.2zM15 6.2 21 4v14.6l-6 2.2z" fill="currentColor"/><path d="M9 4l6 2.2v14.6l-6-2.2z" fill="currentColor" opacity="0.55"/></svg>Chartfold</p>';

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

/** A page with a sentence and a form of one secret field. `refused` says what was wrong with what was sent before. */
export function formPage(
  c: Context<Env>,
  form: {
    title: string;
    sentence: string;
    action: string;
    label: string;
    name: string;
    button: string;
    small?: string;
    refused?: string;
  },
  status: ContentfulStatusCode = 200,
): Response {
  // From a page with no-referrer a browser sends a form with `Origin: null` (Fetch, "append a request Origin header"),
  // which the guard of origins takes for a foreign site's.
  c.header('referrer-policy', 'same-origin');
  const { title, sentence, action, label, name, button, small, refused } = form;
  const field = `<div><label for="secret">${escape(label)}</label><input id="secret" type="password" name="${escape(name)}" autocomplete="current-password" required autofocus></div>`;
  const said = refused ? `<p role="alert">${escape(refused)}</p>` : '';
  const end = small ? `<small>${escape(small)}</small>` : '';
  return c.html(
    documentOf(
      c,
      title,
      `<p>${escape(sentence)}</p><form method="post" action="${escape(action)}">${field}${said}<button>${escape(button)}</button></form>${end}`,
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
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)} · Chartfold</title><style nonce="${c.get('nonce')}">${STYLE}</style></head><body><main>${NAME}<h1>${escape(title)}</h1>${content}</main></body></html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
