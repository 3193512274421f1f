/** `nixpulse check rebuild` on a real Nix: sound, and with one fault at a time. Mounts are planted in a namespace. */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { readDryRun } from '../../src/probes/check/dry-run.ts';
import { bringUpLab, newest } from '../support/lab.ts';
import { realProbe } from '../support/probe-context.ts';
import { openPty } from '../support/pty.ts';
import { type Checked, checking, type Planted } from './checking.ts';
import { inTurn } from './in-turn.ts';
import { serveSlowly } from './logs/cache-server.ts';
import { ramDiskAt } from './ram-disk.ts';
import { until } from './wait.ts';

const lab = bringUpLab();

/**
 * What the lab cannot have (systemd), cannot promise while others work on its disk, and of the newest Nix: its whole root
 * lies in memory.
 */
const notOfTheLab = ['switch-unit', 'disks', ...(newest ? ['store-in-memory'] : [])];

describe.skipIf(lab.missing !== null)('check rebuild on a real Nix', { timeout: 90_000 }, () => {
  const { check, commandOf, start, configuration, instantiate, evaluators, close } = checking(lab);
  inTurn(close);
  // Others, before it was our turn, may have had a daemon with other settings.
  beforeAll(() => void bringUpLab(), 600_000);

  const bad = ({ items }: Checked) =>
    items.filter(({ id, state }) => state !== 'ok' && state !== 'left-out' && !notOfTheLab.includes(id));
  const only = (checked: Checked, ...ids: readonly string[]) =>
    expect([...new Set(bad(checked).map(({ id }) => id))], JSON.stringify(bad(checked))).toEqual(ids);
  const quick = (planted: Planted) => check(['--no-evaluation'], planted);

  test('a sound machine: every item is well, and what will be built is counted', async () => {
    const checked = await check(['--flake', configuration('sound')]);
    only(checked);
    expect(checked.exitCode).toBe(0);
    expect(checked.of('evaluation').text).toMatch(/evaluates in .*; [12] builds?, 0 downloads/);
    expect(checked.of('features').text).toMatch(/each of which this machine or a builder takes/);
    expect(checked.of('memory').text).toContain('available');
  });

  test('nothing is built or fetched: all that is new in the store are derivations', async () => {
    const others = () => readdirSync('/nix/store').filter((name) => !name.endsWith('.drv'));
    const before = others();
    const checked = await check(['--flake', configuration('sound')]);
    expect(checked.of('evaluation').text).toMatch(/[12] builds?/);
    expect(others().filter((name) => !before.includes(name))).toEqual([]);
  });

  test('as a user: the same, through the daemon', async () => {
    const checked = await check(['--flake', configuration('sound')], { user: 'nixtester' });
    only(checked);
    expect(checked.of('evaluation').text).toMatch(/[12] builds?/);
  });

  test('a flake, and an attribute that it does not have', async () => {
    const flake = mkdtempSync('/var/tmp/nixpulse-flake-');
    onTestFinished(() => rmSync(flake, { recursive: true, force: true }));
    const toplevel =
      'derivation { name = "nixos-system-box"; system = "x86_64-linux"; builder = "/bin/sh"; }';
    writeFileSync(
      `${flake}/flake.nix`,
      `{ outputs = { self }: { nixosConfigurations.box.config.system.build.toplevel = ${toplevel}; }; }`,
    );
    const checked = await check(['--flake', `${flake}#box`]);
    only(checked);
    expect(checked.of('evaluation').text).toContain('1 build');
    const missing = await check(['--flake', `${flake}#server`]);
    expect(missing.of('evaluation')).toMatchObject({
      state: 'failed',
      text: `there is no configuration of that name: ${flake}#server`,
      remedies: [expect.objectContaining({ command: `nix flake show ${flake}` })],
    });
  });

  test('a store that does not let us in: the configuration is evaluated only', async () => {
    const checked = await check(['--flake', configuration('sound')], {
      remote: 'unix:///nonexistent/socket',
    });
    only(checked, 'evaluation', 'features');
    expect(checked.of('evaluation')).toMatchObject({
      state: 'unknown',
      text: expect.stringContaining('cannot connect'),
    });
    expect(checked.exitCode).toBe(0);
    const broken = await check(['--flake', configuration('broken')], {
      remote: 'unix:///nonexistent/socket',
    });
    expect(broken.of('evaluation')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('servces'),
    });
  });

  test('an error of the configuration is explained, and a rebuild would fail', async () => {
    const checked = await check(['--flake', configuration('broken')]);
    expect(checked.exitCode).toBe(1);
    const { state, text, remedies } = checked.of('evaluation');
    expect(state).toBe('failed');
    expect(text).toMatch(/does not evaluate: .*servces/);
    expect(remedies.length).toBeGreaterThan(0);
    expect(checked.of('features').state).toBe('unknown');
  });

  test('one that never ends is ended at its limit, and nothing of it is left', async () => {
    vi.stubEnv('NIX_CONF_DIR', `${lab.directory}/etc`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { context } = realProbe();
    const limits = { sec: 2, bytes: 1 << 30 };
    const found = await readDryRun({ flake: configuration('endless'), limits }, context);
    expect(found).toMatchObject({ ok: true, value: { run: { end: 'time' }, plan: null } });
    const grown = await readDryRun(
      { flake: configuration('growing'), limits: { sec: 60, bytes: 200 << 20 } },
      context,
    );
    expect(grown).toMatchObject({ ok: true, value: { run: { end: 'memory' }, plan: null } });
    await until('the end of the evaluators', () => evaluators().length === 0);
  });

  test('Ctrl-C in its midst: 130, and nothing runs on', async () => {
    const running = start(['--flake', configuration('endless')]);
    await until('the evaluator', () => evaluators().length > 0);
    running.child.kill('SIGINT');
    expect((await running.ended).exitCode).toBe(130);
    await until('the end of the evaluator', () => evaluators().length === 0);
  });

  test('a feature that nobody has, and a foreign system: each is one item for all builds', async () => {
    const gpu = await check(['--flake', configuration('gpu')]);
    only(gpu, 'features');
    expect(gpu.of('features')).toMatchObject({
      state: 'failed',
      text: expect.stringMatching(/wants? gpu on/),
    });
    const foreign = await check(['--flake', configuration('foreign')]);
    expect(foreign.of('features')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('riscv64-linux'),
    });
  });

  test('a derivation that a crash has emptied: by its file, and by what Nix says of it', async () => {
    const plant = `mount -t tmpfs tmpfs $MNT && : >$MNT/empty && mount --bind $MNT/empty ${instantiate('initrd')}`;
    const checked = await check(['--flake', configuration('kernel')], { plant });
    only(checked, 'evaluation');
    expect(checked.of('evaluation')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('hold nothing: initrd-linux-6.12.30'),
    });
    const direct = await check(['--flake', configuration('kernel')], { plant, remote: '' });
    expect(direct.of('evaluation')).toMatchObject({
      state: 'failed',
      text: expect.stringMatching(/initrd-linux/),
    });
  });

  test('a builder without the feature that its line promises, one that is not there, and a line that is none', async () => {
    const machines = 'ssh-ng://localhost x86_64-linux - 1 1 gpu\nssh-ng://nobody@127.0.0.1 riscv64-linux - 1';
    const checked = await check(['--flake', configuration('foreign')], { conf: 'cores = 1', machines });
    const [local, dead] = checked.items.filter(({ id }) => id === 'builder');
    expect(local).toMatchObject({ state: 'warning', text: expect.stringContaining('without gpu') });
    const features = checked.of('features');
    if (existsSync('/usr/bin/ssh')) {
      expect(dead).toMatchObject({ state: 'warning', text: expect.stringContaining('does not answer') });
      expect(features).toMatchObject({
        state: 'failed',
        text: expect.stringContaining('nobody@127.0.0.1 offers and does not answer'),
      });
    } else {
      // The Debian of the newest Nix has none: nobody could ask.
      expect(dead).toMatchObject({ state: 'unknown', text: expect.stringContaining('ssh: not installed') });
      expect(features).toMatchObject({
        state: 'warning',
        text: expect.stringContaining('nobody@127.0.0.1 offers and could not be asked'),
      });
    }
    const refused = await quick({ machines: 'ssh-ng://localhost x86_64-linux - eight' });
    expect(refused.of('machines').state).toBe('failed');
  });

  test('a dead cache, one that is none, and a sound one', async () => {
    const dead = await quick({ conf: 'substituters = http://127.0.0.1:9' });
    only(dead, 'cache');
    expect(dead.of('cache')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('does not answer'),
    });
    const { url } = await serveSlowly('/nonexistent', 1000);
    expect((await quick({ conf: `substituters = ${url}` })).of('cache').text).toContain('status 404');
    const cache = mkdtempSync('/var/tmp/nixpulse-cache-');
    onTestFinished(() => rmSync(cache, { recursive: true, force: true }));
    writeFileSync(`${cache}/nix-cache-info`, 'StoreDir: /nix/store\nPriority: 30\n');
    only(await quick({ conf: `substituters = file://${cache}` }));
  });

  test.each([
    [
      'full',
      'size=20m',
      'dd if=/dev/zero of=$MNT/upper/fill bs=64k status=none || :',
      'store-space',
      'failed',
    ],
    [
      'without inodes',
      'size=2g,nr_inodes=60',
      'for n in $(seq 60); do : >$MNT/upper/$n || break; done',
      'store-inodes',
      'failed',
    ],
  ])('a store in memory that is %s', async (_, options, fill, id, state) => {
    const plant = `mount -t tmpfs -o ${options} tmpfs $MNT && mkdir $MNT/upper $MNT/work
      mount -t overlay -o lowerdir=/nix/store,upperdir=$MNT/upper,workdir=$MNT/work overlay /nix/store
      { ${fill}; } 2>/dev/null`;
    const checked = await quick({ plant });
    expect(checked.exitCode).toBe(1);
    expect(checked.of(id)).toMatchObject({ state });
    expect(checked.of('store-in-memory')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('/mnt)'),
    });
  });

  test('min-free that the store can never reach', async () => {
    const plant = `mount -t tmpfs -o size=500m tmpfs $MNT && mkdir $MNT/upper $MNT/work
      mount -t overlay -o lowerdir=/nix/store,upperdir=$MNT/upper,workdir=$MNT/work overlay /nix/store`;
    const checked = await quick({ plant, conf: 'min-free = 2638921728' });
    expect(checked.of('collection-goal')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('in vain'),
    });
  });

  test('no room for builds', async () => {
    const place = newest ? '/nix/var/nix/builds' : '/tmp';
    const checked = await quick({ plant: ramDiskAt(place, '64k') });
    expect(checked.of('build-directory')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining(place),
    });
  });

  test('a small /boot with kernels of deleted generations', async () => {
    const kernel = `${'a'.repeat(32)}-linux-6.6.58-bzImage.efi`;
    const plant = `mount -t tmpfs -o size=9m tmpfs /boot && mkdir -p /boot/EFI/nixos /boot/loader/entries
      head -c 3000000 /dev/zero >/boot/EFI/nixos/${kernel}; : >/boot/loader/entries/nixos-generation-65.conf.tmp`;
    const left = await quick({ plant });
    expect(left.of('boot')).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/MB free on \/boot/),
    });
    expect(left.of('boot').text).toContain('1 temporary file of an earlier attempt');
    const checked = await check(['--flake', configuration('kernel')], { plant });
    expect(checked.of('boot').state).toBe('failed');
  });

  test('a state that is read-only, and a database that a crash has emptied', async () => {
    const ro = 'mount --bind /nix/var/nix /nix/var/nix && mount -o remount,bind,ro /nix/var/nix';
    only(await quick({ plant: ro }), 'store-writable');
    const emptied =
      'mount -t tmpfs tmpfs $MNT && : >$MNT/empty && mount --bind $MNT/empty /nix/var/nix/db/db.sqlite';
    const checked = await quick({ plant: emptied });
    only(checked, 'database');
    expect(checked.of('database')).toMatchObject({ state: 'failed' });
  });

  test('little memory, and no swap', async () => {
    const meminfo =
      'MemTotal: 990000 kB\nMemFree: 300000 kB\nMemAvailable: 400000 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB\n';
    const plant = `mount -t tmpfs tmpfs $MNT && printf '${meminfo.replaceAll('\n', '\\n')}' >$MNT/meminfo
      mount --bind $MNT/meminfo /proc/meminfo`;
    const checked = await quick({ plant });
    only(checked, 'memory');
    expect(checked.of('memory').text).toContain('391 MB available, no swap');
  });

  test('another rebuild under way', async () => {
    const place = mkdtempSync('/var/tmp/nixpulse-rebuild-');
    onTestFinished(() => rmSync(place, { recursive: true, force: true }));
    copyFileSync('/bin/sleep', `${place}/nixos-rebuild`);
    const other = spawn(`${place}/nixos-rebuild`, ['60'], { stdio: 'ignore' });
    onTestFinished(() => void other.kill('SIGKILL'));
    const checked = await quick({});
    only(checked, 'running');
    expect(checked.of('running').text).toContain(`pid ${other.pid}`);
  });

  describe('watch --check', () => {
    const emptied =
      'mount -t tmpfs tmpfs $MNT && : >$MNT/empty && mount --bind $MNT/empty /nix/var/nix/db/db.sqlite';
    const watch = (...words: readonly string[]) => [
      'watch',
      '--no-record',
      '--check',
      ...words,
      '--',
      'echo',
      'begun',
    ];

    test('without a terminal it refuses where an item failed, and --yes runs it all the same', () => {
      const run = (words: readonly string[], plant?: string) => {
        const [file = '', ...args] = commandOf(words, plant === undefined ? {} : { plant });
        return spawnSync(file, args, { encoding: 'utf8', timeout: 60_000, input: '' });
      };
      const refused = run(watch(), emptied);
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused.stderr).toMatch(/FAILED +database of the store[\s\S]*--yes runs it all the same/);
      expect(run(watch('--yes'), emptied)).toMatchObject({ status: 0, stdout: 'begun\n' });
      expect(run(watch())).toMatchObject({ status: 0, stdout: 'begun\n' });
    });

    test('on a terminal it asks', async () => {
      const [file = '', ...args] = commandOf(watch(), { plant: emptied });
      for (const [answer, exitCode] of [
        ['n\r', 1],
        ['\r', 1],
        ['\u0003', 130],
        ['y\r', 0],
      ] as const) {
        using pty = openPty({ file, args, deadlineMs: 30_000 });
        await pty.waitForText('Run it all the same? [y/N]');
        pty.write(answer);
        expect((await pty.exited()).exitCode, JSON.stringify(answer)).toBe(exitCode);
        expect(pty.output().includes('begun\r\n'), JSON.stringify(answer)).toBe(exitCode === 0);
      }
    });
  });

  test('without Nix, without network, as a user: it says what it could not look at', async () => {
    const checked = await quick({ user: 'nixtester', nix: false, network: false });
    expect(checked.exitCode).toBe(0);
    expect(checked.of('cache')).toMatchObject({ state: 'unknown' });
    expect(checked.items.filter(({ state }) => state === 'failed')).toEqual([]);
  });
});
