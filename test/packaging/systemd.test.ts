import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ownGuardDirectory } from '../../src/model/guard/guard-files.ts';
import { checkFiles, stateDirectory } from '../../src/modes/environment.ts';
import { protectedBytes } from '../../src/platform/harden-cgroup.ts';
import { has, output } from './programs.ts';
import { readUnit } from './units.ts';

const directory = new URL('../../dist/systemd/', import.meta.url).pathname;
const units = readdirSync(directory).filter((name) => /\.(?:service|slice|mount|timer)$/.test(name));

test.skipIf(!has('systemd-analyze'))('systemd has nothing to say against the units', () => {
  const copies = mkdtempSync(join(tmpdir(), 'units-'));
  onTestFinished(() => rmSync(copies, { recursive: true }));
  for (const name of units) {
    const text = readFileSync(join(directory, name), 'utf8');
    // Where nixpulse is installed differs; that it can be started is not what is asked.
    writeFileSync(join(copies, name), text.replace(/^(Exec\w+=-?)nixpulse/gm, '$1/bin/true'));
  }
  const console = join(copies, 'nixpulse-console@tty8.service');
  copyFileSync(join(copies, 'nixpulse-console@.service'), console);
  const files = units.filter((name) => !name.includes('@')).map((name) => join(copies, name));
  expect(files.length).toBeGreaterThan(4);
  expect(complaints(...files, console)).toBe('');
  // It does complain of what it does not know.
  const bad = join(copies, 'bad.service');
  writeFileSync(bad, '[Service]\nExecStart=/bin/true\nMemoryMin=much\n');
  expect(complaints(bad)).toContain("Invalid memory limit 'much'");
});

/** `verify` exits 0 over a value that it cannot read; it says so on stderr. */
function complaints(...files: readonly string[]): string {
  return output('sh', ['-c', 'systemd-analyze verify "$@" 2>&1', 'sh', ...files]);
}

const services = [
  'nixpulse.service',
  'nixpulse-guard.service',
  'nixpulse-export.service',
  'nixpulse-console@.service',
];

test('all services survive the same way, within what the slice grants', () => {
  const survives = ['MemoryMin', 'MemorySwapMax', 'CPUWeight', 'IOWeight', 'OOMScoreAdjust', 'Nice', 'Slice'];
  const [recorder, ...others] = services.map((name) => readUnit(join(directory, name)).Service ?? {});
  for (const key of survives) {
    expect(recorder?.[key], key).toBeDefined();
    for (const other of others) expect(other[key], key).toBe(recorder?.[key]);
  }
  // What the program asks for itself, in a cgroup of its own.
  expect(recorder?.MemoryMin).toBe(`${protectedBytes / 2 ** 20}M`);
  const granted = readUnit(join(directory, 'nixpulse.slice')).Slice?.MemoryMin;
  expect(Number.parseInt(granted ?? '', 10)).toBeGreaterThanOrEqual(
    services.length * Number.parseInt(recorder?.MemoryMin ?? '', 10),
  );
});

test('stopped they have not failed: what a switch lists as failed is another', () => {
  // 128 and SIGTERM, with which src/modes ends.
  for (const name of services)
    expect(readUnit(join(directory, name)).Service?.SuccessExitStatus, name).toBe('143');
});

const capabilitiesOf = (name: string) =>
  readUnit(join(directory, name)).Service?.['CapabilityBoundingSet']?.split(' ') ?? [];

test('recorder and guard may read the log of the kernel: it tells who was killed, and which disk fails', () => {
  // Where kernel.dmesg_restrict is set, as Debian and NixOS do (syslog(2)).
  expect(capabilitiesOf('nixpulse.service')).toContain('CAP_SYSLOG');
  expect(capabilitiesOf('nixpulse-guard.service')).toContain('CAP_SYSLOG');
  expect(capabilitiesOf('nixpulse-export.service')).toEqual(capabilitiesOf('nixpulse.service'));
});

test('the guard may do what it does, and is started anew and undone whatever became of it', () => {
  expect(capabilitiesOf('nixpulse-guard.service')).toEqual(
    expect.arrayContaining([...capabilitiesOf('nixpulse.service'), 'CAP_KILL', 'CAP_SYS_NICE']),
  );
  const { Service = {}, Unit = {} } = readUnit(join(directory, 'nixpulse-guard.service'));
  expect(Service).toMatchObject({
    Type: 'notify',
    Restart: 'always',
    // The same name as where everybody looks for it.
    RuntimeDirectory: ownGuardDirectory({ uid: 0, runtimeDirectory: undefined, stateDirectory: '' }).slice(5),
    ExecStopPost: '-nixpulse guard release',
    ProtectControlGroups: 'no',
  });
  expect(Number(Service['WatchdogSec'])).toBeGreaterThan(10);
  // 90 s were needed once, by an emulated machine that started three of us.
  expect(Number(Service['TimeoutStartSec'])).toBeGreaterThan(2 * 90);
  expect(Number(Unit['StartLimitBurst']) * Number(Service['RestartSec'])).toBeLessThan(
    Number(Unit['StartLimitIntervalSec']),
  );
  // What it may write is what it writes: the state directory of root.
  const state = stateDirectory({ HOME: Service['Environment']?.replace('HOME=', '') });
  expect(Service['ReadWritePaths']?.split(' ')).toContain(`-${state}`);
  expect(Service['ExecStartPre']).toMatch(new RegExp(`^\\+mkdir .* ${state}$`));
});

test('who exports says so, may be reached over the network, and is not started again for what stays wrong', () => {
  const { Service = {} } = readUnit(join(directory, 'nixpulse-export.service'));
  expect(Service).toMatchObject({ Type: 'notify', RestartPreventExitStatus: '2 3' });
  expect(Service['RestrictAddressFamilies']?.split(' ')).toEqual(['AF_UNIX', 'AF_INET', 'AF_INET6']);
  expect(Service['PrivateNetwork']).toBeUndefined();
  // Its own address is this machine's only.
  expect(Service['ExecStart']).toBe('nixpulse export');
});

test('who checks caches may not write elsewhere, comes last, and has not failed where a cache has', () => {
  const { Service = {}, Unit = {} } = readUnit(join(directory, 'nixpulse-check-cache.service'));
  expect(Service).toMatchObject({
    ...{ Type: 'oneshot', ExecStart: 'nixpulse check-cache', SuccessExitStatus: '1 143', KillMode: 'mixed' },
    ...{ ProtectSystem: 'strict', ProtectHome: 'read-only' },
  });
  // What root's runs are kept in is what it may write, and everybody read.
  const { own } = checkFiles({ HOME: '/root' }, 0);
  expect(`/var/lib/${Service['StateDirectory']}`).toBe(dirname(own));
  expect(Service['StateDirectoryMode']).toBe('0755');
  // Through the daemon, with the keys of root, and a cache of Nix that may be written.
  const cache = `/var/cache/${Service['CacheDirectory']}`;
  expect(Service['Environment']).toBe(`HOME=/root NIX_REMOTE=daemon XDG_CACHE_HOME=${cache}`);
  expect(Service['RestrictAddressFamilies']?.split(' ')).toContain('AF_INET6');
  expect(Service['PrivateNetwork']).toBeUndefined();
  expect(Number(Service['OOMScoreAdjust'])).toBeGreaterThan(0);
  expect(Unit['After']?.split(' ')).toContain('network-online.target');
  const { Timer, Install } = readUnit(join(directory, 'nixpulse-check-cache.timer'));
  expect(Timer).toMatchObject({ OnBootSec: '5min', OnUnitActiveSec: '15min' });
  expect(Install).toEqual({ WantedBy: 'timers.target' });
  // The longest `within` that the settings take, and what is removed afterwards.
  expect(Service['TimeoutStartSec']).toBe('65min');
});

test('the scope sets the same, and what a scope cannot take on the way in', () => {
  const script = join(directory, 'nixpulse-scope');
  const service = readUnit(join(directory, 'nixpulse.service')).Service ?? {};
  const text = readFileSync(script, 'utf8');
  for (const key of ['MemoryMin', 'MemorySwapMax', 'CPUWeight', 'IOWeight']) {
    expect(text).toContain(`--property=${key}=${service[key]}`);
  }
  expect(text).toContain(`choom --adjust ${service.OOMScoreAdjust} --`);
  expect(text).toContain(`nice --adjustment=${service.Nice} --`);
  output('sh', ['-n', script]);
  // An @ makes a template, and `Failed to start transient scope unit: Invalid argument`.
  expect(/--unit="([^"]+)"/.exec(text)?.[1]?.replaceAll('$$', '4711')).toMatch(/^[\w:.-]+$/);
});
