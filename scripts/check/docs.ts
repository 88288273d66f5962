// Owns the check of the papers: links lead somewhere, and nothing names one machine's folders or where packages were
// fetched from.

import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { fromFindings, type Outcome } from './outcome.ts';
import { filesOf, ROOT, textOf } from './tree.ts';

/** Checks every page, the configuration files and the lock files. */
export function checkDocs(): Outcome {
  const pages = filesOf(/\.md$/);
  const others = filesOf(
    /\.(json|csv|example|yml|yaml|js|mjs|ts|tsx)$|^\.(npmrc|env\.example)$|^\.ci\//,
  );
  const findings = [
    ...pages.flatMap((path) => deadLinks(path, textOf(path), headingsOf)),
    ...pages.flatMap((path) =>
      lostPaths(path, textOf(path), (named) => existsSync(join(ROOT, named))),
    ),
    ...[...pages, ...others].flatMap((path) => foreignPlaces(path, textOf(path))),
  ];
  return fromFindings(findings, `${pages.length} pages`);
}

/** Relative links that lead nowhere, and links to headings that are not there. */
export function deadLinks(
  path: string,
  text: string,
  headings: (path: string) => ReadonlySet<string> | null,
): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [file = '', anchor] = link.split('#');
    const target = file ? posix.join(dirname(path), decodeURI(file)) : path;
    const known = headings(target);
    if (!known) return [`${path}: ${link} leads nowhere`];
    return anchor && !known.has(anchor) ? [`${path}: ${link}: there is no such heading`] : [];
  });
}

/** Paths of the clone that a page names in code and that are not there; patterns and placeholders are passed over. */
export function lostPaths(
  path: string,
  text: string,
  exists: (named: string) => boolean,
): string[] {
  const named = [
    ...text.matchAll(/`((?:src|simulator|e2e|scripts|docs|bin|tools|\.ci)\/[\w./-]+)`/g),
  ];
  return named.flatMap(([, place = '']) =>
    exists(place) ? [] : [`${path}: ${place} is not there`],
  );
}

/** The anchors of a page; of another file or a folder none; null where nothing is. */
function headingsOf(path: string): ReadonlySet<string> | null {
  if (!existsSync(join(ROOT, path))) return null;
  if (!path.endsWith('.md')) return new Set();
  const headings = [...textOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return new Set(headings.map(anchorOf));
}

/** As the common hosts of repositories make it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Folders of one machine, and hosts that packages are fetched from. */
export function foreignPlaces(path: string, text: string): string[] {
  const home = homedir();
  const places = [
    /(?<![\w./])\/(?:root|home\/\w+|Users\/\w+|work)\//,
    /"resolved": *"/,
    /https?:\/\/[\w.-]*(?:artifactory|nexus|verdaccio|npm)[\w.-]*/i,
  ];
  return text.split('\n').flatMap((line, index) => {
    const match = places.map((place) => place.exec(line)?.[0]).find((found) => found);
    const found = match ?? (home.length > 5 && line.includes(`${home}/`) ? home : undefined);
    return found ? [`${path}:${index + 1}: names a place of one machine: ${found}`] : [];
  });
}
