/** Every page for people: links lead somewhere, and nothing in it is of one machine only. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const project = fileURLToPath(new URL('../..', import.meta.url));
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(project, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** First parts of paths that every Linux or Nix system has. */
const systemFolders = [
  'proc',
  'sys',
  'nix',
  'dev',
  'etc',
  'run',
  'tmp',
  'usr',
  'var',
  'bin',
  'boot',
  'mnt',
  'lib64',
  'build',
];
const hosts = [
  'github.com',
  'nixos.org',
  'keepachangelog.com',
  'semver.org',
  'no-color.org',
  'docs.kernel.org',
  // Examples of the module's options.
  'cache.nixos.org',
  'nas:80',
  'nas-01:80',
  '…',
  // Of nobody (RFC 2606).
  'cache.example',
];

const read = (page: string) => readFileSync(join(project, page), 'utf8');
/** `[text](target)`, `![alt](target)`, `src="target"`, `href="target"`. */
const targetsOf = (text: string) =>
  [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map(
    ([, link, attribute]) => link ?? attribute ?? '',
  );
/** GitHub's name of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe.each(pages)('%s', (page) => {
  const text = read(page);
  const local = targetsOf(text).filter((target) => !/^[a-z]+:/.test(target));

  it('links to files and headings that there are', () => {
    for (const target of local) {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? join(project, page) : join(project, dirname(page), path);
      expect(existsSync(file), target).toBe(true);
      expect(relative(project, file), target).not.toMatch(/^\.\./);
      if (anchor !== undefined && statSync(file).isFile()) {
        expect(anchorsOf(readFileSync(file, 'utf8')), target).toContain(anchor);
      }
    }
  });

  it('names no folder of one machine', () => {
    const paths = [...text.matchAll(/(?<![\w./~:>)\]-])\/([a-z][\w.-]*)\/[\w.<]/g)].map(
      ([, folder]) => folder,
    );
    for (const folder of paths) expect(systemFolders).toContain(folder);
  });

  it('names no host but public ones that it needs', () => {
    for (const [, host] of text.matchAll(/https?:\/\/([^/\s)"]+)/g)) expect(hosts).toContain(host);
    expect(text).not.toMatch(/\bregistry\.[a-z]/);
  });

  it('leaves nothing to be done', () => {
    expect(text).not.toMatch(/\b(?:TODO|FIXME|XXX|TBD)\b/);
  });
});

describe('links', () => {
  it('are found in every form', () => {
    expect(targetsOf('[a](b.md) ![c](d.png) <img src="e.svg"> <a href="#f">')).toEqual([
      'b.md',
      'd.png',
      'e.svg',
      '#f',
    ]);
    expect(anchorsOf('# One\n## `Two` & three\n')).toEqual(['one', 'two--three']);
  });

  it('reach every decision and every picture', () => {
    const decisions = targetsOf(read('docs/decisions/README.md'));
    const files = readdirSync(join(project, 'docs/decisions')).filter((name) => name !== 'README.md');
    expect(decisions.toSorted()).toEqual(files.toSorted());
    const pictures = pages
      .flatMap((page) => targetsOf(read(page)))
      .flatMap((target) => /^(?:\.\.\/)*(screenshots\/.*)$/.exec(target)?.[1] ?? []);
    const drawn = readdirSync(join(project, 'screenshots'), { encoding: 'utf8', recursive: true }).filter(
      (name) => name.endsWith('.png'),
    );
    expect([...new Set(pictures)].toSorted()).toEqual(drawn.map((name) => `screenshots/${name}`).toSorted());
  });
});
