import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { protectedBytes } from '../../src/platform/harden-cgroup.ts';
import { has, output } from './programs.ts';
import { readUnit } from './units.ts';

const directory = new URL('../../dist/systemd/', import.meta.url).pathname;
const units = readdirSync(directory).filter((name) => /\.(?:service|slice|mount)$/.test(name));

test.skipIf(!has('systemd-analyze'))('systemd has nothing to say against the units', () => {
  const copies = mkdtempSync(join(tmpdir(), 'units-'));
  onTestFinished(() => rmSync(copies, { recursive: true }));
  for (const name of units) {
    const text = readFileSync(join(directory, name), 'utf8');
    // Where nixpulse is installed differs; that it can be started is not what is asked.
    writeFileSync(join(copies, name), text.replace('ExecStart=nixpulse', 'ExecStart=/bin/true'));
  }
  const console = join(copies, 'nixpulse-console@tty8.service');
  copyFileSync(join(copies, 'nixpulse-console@.service'), console);
  const files = ['nixpulse.slice', 'nixpulse.service', 'run-nixpulse.mount'].map((name) =>
    join(copies, name),
  );
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

test('both services survive the same way, within what the slice grants', () => {
  const survives = ['MemoryMin', 'MemorySwapMax', 'CPUWeight', 'IOWeight', 'OOMScoreAdjust', 'Nice', 'Slice'];
  const [recorder, console] = ['nixpulse.service', 'nixpulse-console@.service'].map(
    (name) => readUnit(join(directory, name)).Service ?? {},
  );
  for (const key of survives) {
    expect(recorder?.[key], key).toBeDefined();
    expect(console?.[key], key).toBe(recorder?.[key]);
  }
  // What the program asks for itself, in a cgroup of its own.
  expect(recorder?.MemoryMin).toBe(`${protectedBytes / 2 ** 20}M`);
  const granted = readUnit(join(directory, 'nixpulse.slice')).Slice?.MemoryMin;
  expect(Number.parseInt(granted ?? '', 10)).toBeGreaterThanOrEqual(
    2 * Number.parseInt(recorder?.MemoryMin ?? '', 10),
  );
});

test('stopped they have not failed: what a switch lists as failed is another', () => {
  // 128 and SIGTERM, with which src/modes ends.
  for (const name of ['nixpulse.service', 'nixpulse-console@.service'])
    expect(readUnit(join(directory, name)).Service?.SuccessExitStatus, name).toBe('143');
});

test('the recorder may read the log of the kernel: it tells who was killed, and which disk fails', () => {
  const { CapabilityBoundingSet = '' } = readUnit(join(directory, 'nixpulse.service')).Service ?? {};
  // Where kernel.dmesg_restrict is set, as Debian and NixOS do (syslog(2)).
  expect(CapabilityBoundingSet.split(' ')).toContain('CAP_SYSLOG');
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
