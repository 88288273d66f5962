// Owns one repair of each lock file; run it after every change of one.
//
// package-lock.json: where a registry does not carry the builds of a native tool for other platforms, npm leaves them out of
// the lock, and `npm ci` then refuses the lock as incomplete. This adds the missing optional packages as
// entries with platform limits, so that `npm ci` passes here and skips them where they don't belong.
//
// tools/counterparts/package-lock.json: a package of fhirclient's names parts of a mobile toolkit as optional, 650
// packages that no test loads. This takes them out, and with them the wish for them, which `npm ci` would miss.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = [
  'darwin',
  'linux',
  'win32',
  'freebsd',
  'android',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
];
const CPU = [
  'x64',
  'arm64',
  'arm',
  'ia32',
  'wasm32',
  'riscv64',
  's390x',
  'ppc64',
  'loong64',
  'mips64el',
];

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const packages = lock.packages;

const word = (words, name) => words.find((w) => new RegExp(`(^|[-/.])${w}([-/.]|$)`).test(name));

function platformOf(name) {
  const os = word(OS, name) ?? (name.includes('linux') ? 'linux' : undefined);
  const cpu = word(CPU, name);
  const libc = name.includes('musl') ? 'musl' : name.includes('gnu') ? 'glibc' : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(os && { os: [os] }), ...(libc && { libc: [libc] }) };
}

/** Whether `name`, required from the package at `from`, is in the lock: the look-up goes upwards as Node's does. */
function isLocked(from, name) {
  let folder = from;
  for (;;) {
    if (packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true;
    if (!folder) return false;
    const up = folder.lastIndexOf('/node_modules/');
    folder = up < 0 ? '' : folder.slice(0, up);
  }
}

let added = 0;
for (const [from, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(from, name)) continue;
    packages[`node_modules/${name}`] = {
      version: range.replace(/^[\^~]/, ''),
      ...platformOf(name),
      ...(entry.dev && { dev: true }),
      optional: true,
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`fix-lock: ${added} packages of other platforms added`);

const counterparts = new URL('../tools/counterparts/package-lock.json', import.meta.url);
const needed = JSON.parse(readFileSync(counterparts, 'utf8'));
const all = Object.entries(needed.packages);
const kept = all.filter(([, entry]) => !entry.optional);
for (const [, entry] of kept) delete entry.optionalDependencies;
needed.packages = Object.fromEntries(kept);
writeFileSync(counterparts, `${JSON.stringify(needed, null, 2)}\n`);
console.log(
  `fix-lock: ${all.length - kept.length} optional packages of the counterparts taken out`,
);
