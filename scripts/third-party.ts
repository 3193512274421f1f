/**
 * `npm run third-party`: writes THIRD-PARTY, the licences of all that is in the bundles (dist/bundle/packages.txt, as
 * the build left it) and of what npm installs beside them (package-lock.json).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
export const thirdPartyFile = join(project, 'THIRD-PARTY');

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
}
interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Null: it brings none. */
  readonly text: string | null;
  readonly author: string | null;
}

/** Which of ours may be handed on together with the program, under its own licence. */
export const allowed: readonly string[] = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
];

export function thirdParty(): string {
  const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(read('package-lock.json'));
  const entries = Object.entries(lock.packages).filter(([directory]) => directory !== '');
  const lines = read('dist/bundle/packages.txt').trim().split('\n');
  const bundled = lines.map((line) => {
    const found = entries.find(([directory, { version }]) => `${nameOf(directory)} ${version}` === line);
    if (found === undefined) throw new Error(`${line} is in the bundle, and not in package-lock.json`);
    return packageIn(found[0], found[1]);
  });
  const installed = entries.filter(([, { dev }]) => dev !== true);
  return [
    'nixpulse is under the licence in LICENSE, and is made of the work of others besides.',
    '',
    'In dist/bundle, with their licences below:',
    '',
    ...bundled.map(({ name, version, license }) => `  ${name} ${version}  ${license}`),
    '',
    'Installed beside it by npm, those that fit the system, each in a directory of its own:',
    '',
    ...installed.map(([directory, { version, license }]) => `  ${nameOf(directory)} ${version}  ${license}`),
    '',
    ...sameTexts(bundled).flatMap(([text, those]) => [
      '-'.repeat(78),
      ...those.map(({ name, version }) => `${name} ${version}`),
      '',
      text,
      '',
    ]),
  ].join('\n');
}

/** Those of one text stand together. */
function sameTexts(packages: readonly Package[]): readonly [string, readonly Package[]][] {
  return [...Map.groupBy(packages, (one) => one.text ?? withoutText(one, packages))];
}

function withoutText({ name, license, author }: Package, packages: readonly Package[]): string {
  const same = packages.find((one) => one.license === license && one.text !== null);
  if (same === undefined || author === null) throw new Error(`${name}: nobody says what its licence reads`);
  return [
    `It brings no text of a licence; its package.json says ${license}, by ${author}.`,
    `The text is that of ${same.name}, with ${author} for the holder of the copyright.`,
  ].join('\n');
}

function packageIn(directory: string, { version = '', license }: Locked): Package {
  const manifest = JSON.parse(read(`${directory}/package.json`));
  const named = license ?? licenseOf(manifest);
  const { author } = manifest;
  return {
    ...{ name: nameOf(directory), version, license: named, text: licenseText(directory) },
    author: typeof author === 'string' ? author : (author?.name ?? null),
  };
}

/** Old packages have it as an object, or as a list of them. */
function licenseOf({
  license,
  licenses,
}: {
  readonly license?: unknown;
  readonly licenses?: unknown;
}): string {
  const [one] = [license, licenses].flat().filter((some) => some !== undefined);
  if (typeof one === 'string') return one;
  const type = (one as { readonly type?: unknown } | undefined)?.type;
  return typeof type === 'string' ? type : 'unknown';
}

function licenseText(directory: string): string | null {
  const names = readdirSync(join(project, directory)).toSorted();
  const files = names.filter((name) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(name));
  if (files.length === 0) return null;
  return files.map((name) => read(`${directory}/${name}`).replaceAll('\r\n', '\n').trim()).join('\n\n');
}

function nameOf(directory: string): string {
  return directory.slice(directory.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

function read(file: string): string {
  return readFileSync(join(project, file), 'utf8');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(thirdPartyFile, thirdParty());
