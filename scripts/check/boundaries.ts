// Owns the check that the tree keeps its boundaries (boundary-rules.ts). Tests, suites (`*.contract.ts`) and fixtures
// stand outside the levels: they may import anything, and nothing imports them.

import { folders, impure, packageHomes, vendorHomes, vendorWords } from './boundary-rules.ts';
import { fromFindings, type Outcome } from './outcome.ts';
import { type Import, lineOf, type Node, readSource, type Source, walk } from './source.ts';
import { filesOf, textOf } from './tree.ts';

/** Checks the tree as it is on disk. */
export function checkBoundaries(): Outcome {
  const paths = filesOf(/^(src|simulator|e2e|scripts)\/.*\.tsx?$/);
  const findings = paths.flatMap((path) => breachesIn(path, textOf(path)));
  return fromFindings(findings, `${paths.length} files`);
}

/** What this file does that it may not, one line each: `path:line: why`. */
export function breachesIn(path: string, text: string): string[] {
  if (isOutside(path)) return [];
  const source = readSource(path, text);
  const found = [
    ...source.imports.flatMap((i) => importBreaches(path, i).map((why) => ({ line: i.line, why }))),
    ...(path.startsWith('src/') ? [...impureBreaches(source), ...vendorBreaches(source)] : []),
  ];
  return found.map(({ line, why }) => `${path}:${line}: ${why}`);
}

/** Whether the levels don't hold for this file: a test, a suite of tests, what only tests use. */
function isOutside(path: string): boolean {
  return isTest(path) || path.startsWith('e2e/') || path.startsWith('simulator/testing/');
}

function isTest(path: string): boolean {
  return /\.(test|contract|fixture|e2e)\.tsx?$/.test(path) || path.endsWith('/contract-aids.ts');
}

function importBreaches(path: string, imported: Import): string[] {
  const { target, isOurs } = imported;
  if (!isOurs) return path.startsWith('src/') ? packageBreaches(path, target) : [];
  if (isOutside(target) && !path.startsWith('scripts/')) return [`imports a test: ${target}`];
  if (path.startsWith('src/')) return levelBreaches(path.slice(4), imported);
  if (path.startsWith('simulator/') && target.startsWith('src/')) {
    const isBehaviour = /^src\/(portals(\/[^/]+)?|practice\/athenaone)\/behaviour\.ts$/.test(
      target,
    );
    return isBehaviour ? [] : [`the simulator shares no code with the program: ${target}`];
  }
  return [];
}

function levelBreaches(path: string, { target, isType }: Import): string[] {
  if (!target.startsWith('src/'))
    return /\.(css|svg|woff2?)$/.test(target)
      ? []
      : [`src imports nothing outside itself: ${target}`];
  const to = target.slice(4);
  if (to === 'main.ts') return ['nothing imports main.ts'];
  const [from = '', toFolder = ''] = [path.split('/')[0], to.split('/')[0]];
  const found: string[] = [];
  if (toFolder === 'portals' && to.split('/').length > 2 && from !== 'portals')
    found.push(`only portals/ opens a portal's own folder: ${to}`);
  if (path === 'main.ts' || from === toFolder) return found;
  const rule = folders[from];
  if (!rule) return [`src/${from} is not a folder of the architecture`];
  const isIn = (places: readonly string[] = []) => places.some((place) => isWithin(to, place));
  if (isIn(rule.never)) found.push(`${from} may not import ${to}`);
  else if (!isIn(rule.may) && !isIn(rule.types))
    found.push(`${from} may not import ${toFolder}: ${to}`);
  else if (!isIn(rule.may) && !isType) found.push(`${from} may import only types of ${to}`);
  return found;
}

function packageBreaches(path: string, name: string): string[] {
  const homes = packageHomes[name];
  if (!homes || homes.some((home) => isWithin(path.slice(4), home))) return [];
  return [`${name} may be imported only in ${homes.join(', ') || 'no part of src'}`];
}

function isWithin(path: string, place: string): boolean {
  return path === place || path === `${place}.ts` || path.startsWith(`${place}/`);
}

type Breach = { readonly line: number; readonly why: string };

/** Uses of the network, the process, the console and the clock outside platform. */
function impureBreaches({ path, text, program }: Source): Breach[] {
  const place = path.slice(4);
  if (isWithin(place, 'platform')) return [];
  const isForbidden = (name: string) =>
    Object.hasOwn(impure, name) && !impure[name]?.some(({ where }) => isWithin(place, where));
  const own = declaredNames(program);
  const found: Breach[] = [];
  const tell = (node: Node, what: string) =>
    found.push({ line: lineOf(text, node.start), why: `${what} is used outside platform` });
  walk(program, (node, parent, field) => {
    if (isForbidden('now') && isClock(node)) tell(node, "the machine's clock");
    const name = node.type === 'Identifier' ? String(node.name) : '';
    if (!name || name === 'now' || own.has(name) || !isForbidden(name)) return;
    const isOfGlobal =
      parent?.type === 'MemberExpression' &&
      field === 'property' &&
      isGlobal(parent.object as Node);
    if (isOfGlobal || isReference(parent, field)) tell(node, name);
  });
  return found;
}

/** `Date.now()`, `new Date()` and `Date()` read the machine's clock; `new Date(value)` does not. */
function isClock(node: Node): boolean {
  const isDate = (value: unknown) => nameOf(value) === 'Date';
  const empty = Array.isArray(node.arguments) && node.arguments.length === 0;
  if (node.type === 'NewExpression') return isDate(node.callee) && empty;
  if (node.type === 'CallExpression') return isDate(node.callee);
  return node.type === 'MemberExpression' && isDate(node.object) && nameOf(node.property) === 'now';
}

function isGlobal(node: Node): boolean {
  return ['globalThis', 'window', 'self'].includes(nameOf(node));
}

function nameOf(node: unknown): string {
  return node && typeof node === 'object' && 'name' in node ? String(node.name) : '';
}

/** Not the name of a member, a key, or a type. */
function isReference(parent: Node | null, field: string): boolean {
  if (!parent) return false;
  if (parent.type === 'MemberExpression') return field === 'object' || parent.computed === true;
  if (['Property', 'PropertyDefinition', 'MethodDefinition'].includes(parent.type))
    return field === 'value';
  return !parent.type.startsWith('TS') || parent.type === 'TSAsExpression';
}

/** Names that the file binds itself, anywhere: such a name is not the environment's. */
function declaredNames(program: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const bind = (pattern: unknown) => {
    if (pattern && typeof pattern === 'object' && 'type' in pattern)
      walk(pattern as Node, (node, parent, field) => {
        const isKey = parent?.type === 'Property' && field === 'key';
        if (node.type === 'Identifier' && !isKey) names.add(String(node.name));
      });
  };
  walk(program, (node) => {
    if (node.type === 'VariableDeclarator') bind(node.id);
    if (node.type.startsWith('Import') && node.type.endsWith('Specifier')) bind(node.local);
    if (Array.isArray(node.params)) for (const param of node.params) bind(param);
    if (node.type === 'FunctionDeclaration') bind(node.id);
  });
  return names;
}

/** Vendors' names in strings, templates, texts of pages, identifiers. Comments may name them. */
function vendorBreaches({ path, text, program }: Source): Breach[] {
  if (vendorHomes.some((home) => isWithin(path.slice(4), home))) return [];
  const found: Breach[] = [];
  walk(program, (node) => {
    const word = vendorWords.exec(wordsOf(node))?.[0];
    if (word) found.push({ line: lineOf(text, node.start), why: `names a vendor: ${word}` });
  });
  return found;
}

function wordsOf(node: Node): string {
  if (node.type === 'Identifier' || node.type === 'JSXIdentifier') return nameOf(node);
  if (node.type === 'Literal' || node.type === 'JSXText') return String(node.value ?? '');
  if (node.type === 'TemplateElement') return String((node.value as { raw: string }).raw);
  return '';
}
