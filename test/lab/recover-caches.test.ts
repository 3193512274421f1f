/** `nixpulse recover caches` with caches that are sound, dead and of a stranger; killed in its steps, and gone on with. */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { addressOfNobody, serveNothing } from './logs/cache-server.ts';
import { createWorld, endOf, kill } from './recovering.ts';
import { allProcesses, commandLine } from './truth.ts';
import { until } from './wait.ts';

const lab = bringUpLab();

const nix = (words: readonly string[], input = '') =>
  execFileSync('nix', ['--extra-experimental-features', 'nix-command', ...words], {
    encoding: 'utf8',
    input,
    env: { ...process.env, NIX_REMOTE: 'daemon', NIX_CONF_DIR: `${lab.directory}/etc` },
    stdio: ['pipe', 'pipe', 'ignore'],
  }).trim();

function keyOf(name: string): { readonly secret: string; readonly publicKey: string } {
  const secret = nix(['key', 'generate-secret', '--key-name', name]);
  return { secret, publicKey: nix(['key', 'convert-secret-to-public'], secret) };
}

/** A system of which one part lies in a cache alone, one is a file of the configuration, and one nobody has. */
function machine() {
  const settings = mkdtempSync('/var/tmp/nixpulse-recover-conf-');
  onTestFinished(() => rmSync(settings, { recursive: true, force: true }));
  const world = createWorld(lab, { own: ['/run'], environment: { NIX_CONF_DIR: settings } });
  const { directory } = world;
  const nonce = randomUUID();
  writeFileSync(
    `${directory}/default.nix`,
    `let
  tools = import ${lab.directory}/workloads/tools.nix;
  make = more: tools.mk ({ script = ": built"; nonce = "${nonce}"; } // more);
  fib = n: if n < 2 then n else fib (n - 1) + fib (n - 2);
  cached = make { pname = "cached"; };
  etc = make { pname = "etc"; preferLocalBuild = true; };
  system = parts: make {
    pname = "nixos-system-box";
    preferLocalBuild = true;
    inherit parts;
    when = if builtins.pathExists ${directory}/slow then fib 90 else 0;
  };
in {
  inherit cached;
  small = system [ cached etc ];
  large = system [ cached etc (make { pname = "firefox"; version = "130"; }) ];
}
`,
  );
  const environment = { ...process.env, NIX_REMOTE: 'daemon', NIX_CONF_DIR: `${lab.directory}/etc` };
  const built = spawnSync('nix-build', ['--no-out-link', directory, '-A', 'cached'], {
    encoding: 'utf8',
    env: environment,
  });
  if (built.status !== 0) throw new Error(built.stderr);
  const path = built.stdout.trim();
  // A cache is asked for what the system has: here that is this path.
  mkdirSync(`${world.placeOf('/run')}/current-system/sw/bin`, { recursive: true });
  symlinkSync(`${path}/bin/sh`, `${world.placeOf('/run')}/current-system/sw/bin/sh`);
  const [ours, strange] = [keyOf('box-1'), keyOf('stranger-1')];
  for (const [name, { secret }] of Object.entries({ ours, strange })) {
    writeFileSync(`${directory}/${name}.key`, secret);
    nix(['copy', '--to', `file://${directory}/${name}?secret-key=${directory}/${name}.key`, path]);
  }
  execFileSync('nix-store', ['--delete', path], { env: environment, stdio: 'ignore' });
  onTestFinished(
    () => void spawnSync('nix-store', ['--delete', path], { env: environment, stdio: 'ignore' }),
  );
  const file = `${directory}/caches-only.nix`;
  return {
    ...world,
    file,
    publicKey: ours.publicKey,
    /** In nix.conf. */
    setCaches(...addresses: readonly string[]): void {
      const lines = [
        `include ${lab.directory}/etc/nix.conf`,
        'require-sigs = true',
        `substituters = ${addresses.join(' ')}`,
        `trusted-public-keys = ${ours.publicKey}`,
      ];
      writeFileSync(`${settings}/nix.conf`, `${lines.join('\n')}\n`);
    },
    recover: (part: 'small' | 'large', ...more: readonly string[]) =>
      world.recover('caches', '--flake', `${directory}#${part}`, '--output', file, ...more),
    evaluators: () =>
      allProcesses().filter(({ pid }) => commandLine(pid).join(' ').includes(`${directory}"`)),
  };
}

describe.skipIf(lab.missing !== null)('recover caches', { timeout: 90_000 }, () => {
  inTurn();

  test('tells of each cache whether it can be used, what is left to build, and the command', async () => {
    const one = machine();
    const nobody = await addressOfNobody();
    one.setCaches(nobody, `file://${one.directory}/ours`, `file://${one.directory}/strange`);
    const small = await endOf(one.recover('small', '--dry-run'));
    expect(small.text).toContain('nothing to do: 1 of 3 caches can be used');
    const told = small.text.replaceAll(/\s+/g, ' ');
    expect(told).toMatch(/ours: answers in \d\.\d s, no priority, signed by box-1, which is trusted/);
    expect(told).toMatch(/strange: NOT USABLE: its key stranger-1 is not in trusted-public-keys/);
    expect(told).toMatch(/no package has to be built; 1 download/);
    expect(told).toMatch(
      /2 small files of the configuration, which no cache has: etc-1\.0 and nixos-system-box/,
    );
    expect(told).toContain("--option max-jobs 1 --option builders ''");
    expect(small.exitCode).toBe(0);
    expect(existsSync(one.file)).toBe(false);

    const large = await endOf(one.recover('large', '--dry-run'));
    expect(large.text).toMatch(/NOT POSSIBLE: no cache that can be used has 1 build; 1 download/);
    expect(large.text).toContain('firefox-130');
    expect(large.text).toContain('--option max-jobs 0');
    expect(large.exitCode).toBe(0);
  });

  test('goes on where it was killed, writes once, and never over a file that is there', async () => {
    const one = machine();
    const silent = await serveNothing();
    one.setCaches(silent, `file://${one.directory}/ours`);
    const asking = one.recover('small');
    await asking.waitForText('asks for its nix-cache-info');
    await kill(asking);

    one.setCaches(`file://${one.directory}/ours`);
    writeFileSync(`${one.directory}/slow`, '');
    const evaluating = one.recover('small');
    await evaluating.waitForText('evaluates');
    await until('an evaluation', () => one.evaluators().length > 0);
    await kill(evaluating);
    await until('the end of the evaluation', () => one.evaluators().length === 0);

    rmSync(`${one.directory}/slow`);
    const wanting = one.recover('small');
    await wanting.waitForText('Do it? [y/N]');
    await kill(wanting);
    expect(existsSync(one.file)).toBe(false);

    const writing = one.recover('small');
    await writing.waitForText('Do it? [y/N]');
    expect(writing.screen().join('')).toContain('it goes on where it stood');
    writing.write('y\r');
    const done = await endOf(writing);
    expect(done.text).toContain(`done: wrote ${one.file}`);
    expect(done.exitCode).toBe(0);
    const text = readFileSync(one.file, 'utf8');
    expect(text).toContain(`"${one.publicKey}"`);
    const value = nix(['eval', '--json', '--expr', `(${text}) { lib.mkForce = x: x; }`]);
    expect(JSON.parse(value).nix.settings).toEqual({
      ...{ substitute: true, fallback: false, 'max-jobs': 0, builders: '', 'connect-timeout': 5 },
      ...{ substituters: [`file://${one.directory}/ours`], 'trusted-public-keys': [one.publicKey] },
    });

    // The same again: there is nothing to do. Another text: it is left as it is.
    expect(await endOf(one.recover('small', '--yes'))).toMatchObject({
      exitCode: 0,
      text: expect.stringMatching(/is\s+there\s+and\s+parses/),
    });
    writeFileSync(one.file, '{ }\n');
    expect(await endOf(one.recover('small', '--yes'))).toMatchObject({
      exitCode: 1,
      text: expect.stringMatching(/is\s+there\s+already,\s+and\s+is\s+left\s+as\s+it\s+is/),
    });
    expect(readFileSync(one.file, 'utf8')).toBe('{ }\n');
  });
});
