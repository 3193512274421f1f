/** The .deb and the tarball of dist/packages: what is in them, and what they do in a Debian that has nothing else. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { type CleanRoot, makeCleanRoot, whyNoCleanRoot } from './clean-root.ts';
import { has, output } from './programs.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const make = join(project, 'dist/packages/make');
const place = mkdtempSync(join(tmpdir(), 'nixpulse-debian-'));
afterAll(() => rmSync(place, { recursive: true }), 300_000);

/** In a directory of its own below `place`: the paths of the .deb and of the tarball. */
function packed(name: string, umask = '022'): readonly [deb: string, tarball: string] {
  const directory = join(place, name);
  mkdirSync(directory);
  const printed = output('sh', ['-c', `umask ${umask}; exec "$0" --built --quick "$1"`, make, directory]);
  const [deb = '', tarball = ''] = printed.split('\n');
  return [deb, tarball];
}

const CI = process.env.CI !== undefined;
const missing = has('dpkg-deb') ? null : 'it needs dpkg-deb';

describe.skipIf(missing !== null && !CI)('packages', () => {
  let deb: string;
  let tarball: string;
  let listed: string;
  beforeAll(() => {
    expect(missing).toBeNull();
    [deb, tarball] = packed('first');
    listed = output('dpkg-deb', ['--contents', deb]);
  }, 300_000);

  test('the same build gives the same bytes, whatever the time and the umask are', () => {
    const [deb2, tarball2] = packed('second', '077');
    expect(readFileSync(deb2).equals(readFileSync(deb))).toBe(true);
    expect(readFileSync(tarball2).equals(readFileSync(tarball))).toBe(true);
  }, 300_000);

  test('the version is that of the program', () => {
    const [, version, revision] =
      /^(.+)-(\d+)$/.exec(output('dpkg-deb', ['--field', deb, 'Version']).trim()) ?? [];
    expect([version, Number(revision)]).toEqual([manifest.version, expect.any(Number)]);
  });

  test('everything belongs to root, and nobody else may write it', () => {
    const lines = listed.trim().split('\n');
    expect(lines.length).toBeGreaterThan(80);
    for (const line of lines) expect(line).toMatch(/^(?:[-d]rw[-x]r-[-x]r-[-x]|lrwxrwxrwx) root\/root /);
  });

  test('every unit, man page and completion that there is', () => {
    const units = readdirSync(join(project, 'dist/systemd')).filter((name) =>
      /\.(?:service|timer|slice|mount)$/.test(name),
    );
    const pages = readdirSync(join(project, 'dist/man'));
    expect(units.length + pages.length).toBeGreaterThan(25);
    for (const unit of units) expect(listed).toContain(`/usr/lib/systemd/system/${unit}\n`);
    for (const page of pages) expect(listed).toContain(`/usr/share/man/man${page.at(-1)}/${page}.gz\n`);
    for (const file of ['bash-completion/completions/nixpulse', 'zsh/vendor-completions/_nixpulse'])
      expect(listed).toContain(`/usr/share/${file}\n`);
    expect(listed).toContain('/usr/share/fish/vendor_completions.d/nixpulse.fish\n');
  });

  test('what cannot be made is said in one line', () => {
    for (const [words, said] of [
      [['--cpu', 'mips'], /^make: there is no Node to bring along for mips: x64 and arm64\n$/],
      [['--modules', place], /^make: .*\/node-linux-\w+ is missing: npm ci brings it.*\n$/],
      [['--built', join(place, 'none')], /^make: .*\/none is no directory\n$/],
      [['--fast'], /^make: --fast is no option of this script\n$/],
    ] as const) {
      const { status, stdout, stderr } = spawnSync(make, words, { encoding: 'utf8' });
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(said);
    }
  });

  test.skipIf(!has('lintian') && !CI)(
    'lintian has nothing to say, and what is overridden is there',
    () => {
      const words = ['--allow-root', '--display-info', '--fail-on', 'error,warning,info', deb];
      const { status, stdout, stderr } = spawnSync('lintian', words, { encoding: 'utf8' });
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    },
    300_000,
  );

  const noRoot = whyNoCleanRoot();
  describe.skipIf(noRoot !== null && !CI)('in a clean Debian', () => {
    let root: CleanRoot;
    let before: readonly string[];
    beforeAll(() => {
      expect(noRoot).toBeNull();
      root = makeCleanRoot(join(place, 'root'), ['man-db', 'bash-completion', 'systemd', 'procps']);
      before = root.files();
      copyFileSync(deb, join(root.path, 'tmp/nixpulse.deb'));
      copyFileSync(tarball, join(root.path, 'tmp/nixpulse.tar.gz'));
    }, 300_000);

    const ok = (...words: readonly string[]): string => {
      const { status, said } = root.run(...words);
      expect(status, `${words.join(' ')}: ${said}`).toBe(0);
      return said;
    };
    const below = (path: string) => join(root.path, path);

    /** As installed, wherever that is. */
    function looksAround(): void {
      expect(ok('nixpulse', '--version')).toBe(`${manifest.version}\n`);
      const { version, memory } = JSON.parse(ok('nixpulse', 'snapshot', '--json', '--interval', '0.2'));
      expect(version).toBe(1);
      expect(memory.totalBytes).toBeGreaterThan(0);
      expect(ok('man', 'nixpulse').replace(/\s+/g, ' ')).toContain('nixpulse - htop for a Nix rebuild');
      expect(ok('man', '5', 'nixpulse.toml')).toContain('config.toml');
      const load =
        '. /usr/share/bash-completion/bash_completion; _completion_loader nixpulse; complete -p nixpulse';
      expect(ok('bash', '-c', load)).toMatch(/^complete .*nixpulse\n$/);
    }

    test('it installs where nothing but its dependencies is, and is used', () => {
      ok('dpkg', '--install', '/tmp/nixpulse.deb');
      looksAround();
      // As its own Node loads it: without it nothing locks itself in memory.
      const modules = '/usr/lib/nixpulse/node_modules';
      const [node = ''] = readdirSync(below(modules)).filter((name) => name.startsWith('node-linux-'));
      expect(ok(`${modules}/${node}/bin/node`, '-p', `require('${modules}/koffi').version`)).toMatch(
        /^\d+\.\d+/,
      );
      // The settings that it brings are such, and change nothing.
      expect(ok('nixpulse', 'guard', '--check')).toContain('[guard]');
    }, 300_000);

    test('nothing is enabled; systemd has nothing to say against its units', () => {
      expect(root.files().filter((name) => name.startsWith('etc/systemd/') && /nixpulse/.test(name))).toEqual(
        [],
      );
      const directory = '/usr/lib/systemd/system/';
      const units = readdirSync(below(directory)).filter(
        (name) => name.includes('nixpulse') && !name.includes('@'),
      );
      expect(units).toHaveLength(7);
      const verify = ['verify', '--root', root.path, ...units.map((name) => directory + name)];
      const { stdout, stderr } = spawnSync('systemd-analyze', verify, { encoding: 'utf8' });
      expect(`${stdout}${stderr}`.split('\n').filter((line) => line.includes('nixpulse'))).toEqual([]);
    });

    test('a removal keeps the settings, a purge leaves nothing behind', () => {
      const settings = '/etc/nixpulse/config.toml';
      writeFileSync(below(settings), '[guard]\ndry-run = false\n');
      output('systemctl', [
        '--root',
        root.path,
        'enable',
        'nixpulse.service',
        'nixpulse-console@tty8.service',
      ]);
      expect(existsSync(below('/etc/systemd/system/multi-user.target.wants'))).toBe(true);
      mkdirSync(below('/var/lib/nixpulse'));
      mkdirSync(below('/var/lib/nixpulse-check-cache'));
      mkdirSync(below('/var/cache/nixpulse-check-cache'));
      writeFileSync(below('/var/lib/nixpulse/recording'), '');
      mkdirSync(below('/root/.local/state/nixpulse'), { recursive: true });
      writeFileSync(below('/root/.local/state/nixpulse/journal.jsonl'), '{}\n');

      ok('dpkg', '--remove', 'nixpulse');
      expect(readFileSync(below(settings), 'utf8')).toContain('dry-run = false');
      expect(existsSync(below('/var/lib/nixpulse/recording'))).toBe(true);
      expect(existsSync(below('/usr/lib/nixpulse'))).toBe(false);
      ok('dpkg', '--purge', 'nixpulse');
      // What root did.
      rmSync(below('/root/.local/state/nixpulse/journal.jsonl'));
      for (const name of ['.local/state/nixpulse', '.local/state', '.local'])
        rmSync(below(`/root/${name}`), { recursive: true });
      expect(root.files()).toEqual(before);
    }, 300_000);

    test('the tarball below /usr/local: it is used, and goes without a trace', () => {
      const tar = [
        'tar',
        '--extract',
        '--file=/tmp/nixpulse.tar.gz',
        '--directory=/usr/local',
        '--strip-components=1',
      ];
      ok(...tar);
      looksAround();
      expect(existsSync(below('/usr/local/lib/systemd/system/nixpulse-guard.service'))).toBe(true);
      writeFileSync(below('/usr/local/bin/other'), '');
      ok('/usr/local/lib/nixpulse/uninstall');
      expect(existsSync(below('/usr/local/bin/other'))).toBe(true);
      rmSync(below('/usr/local/bin/other'));
      expect(root.files().filter((name) => name.includes('nixpulse'))).toEqual([]);
    }, 300_000);
  });
});
