import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import { kernelLog } from '../../src/probes/kernel-log.ts';
import type { ProbeContext } from '../../src/probes/probe.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import type { FakeStream } from '../support/fake-spawn.ts';
import { realProbe } from '../support/probe-context.ts';

/** dd and journalctl as they answer. */
function machine(answers: { dd: FakeStream; journalctl: FakeStream }) {
  const ports = createFakePorts();
  ports.spawn.onRun = () => ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  let asked: readonly string[] = [];
  ports.spawn.onStream = (file, args) => {
    const words = [file, ...args];
    if (words.includes('dd')) return answers.dd;
    asked = words;
    return answers.journalctl;
  };
  const { context: real } = realProbe();
  const context: ProbeContext = { ...real, ports };
  return { ports, context, asked: () => asked };
}

const again = "2>dd: error reading '/dev/kmsg': Resource temporarily unavailable";
const denied = "2>dd: failed to open '/dev/kmsg': Operation not permitted";
const hung = 'INFO: task nix-build:2457 blocked for more than 120 seconds.';
const failedUnit = JSON.stringify({
  __REALTIME_TIMESTAMP: '1700000000000000',
  MESSAGE_ID: 'd9b373ed55a64feb8242e02dbe79a49c',
  MESSAGE: "nix-gc.service: Failed with result 'exit-code'.",
  UNIT: 'nix-gc.service',
  UNIT_RESULT: 'exit-code',
  _PID: '1',
});

test('the kernel’s own lines with the journal’s, in the order of time', async () => {
  const { context, ports, asked } = machine({
    dd: { lines: ['6,1,500000,-;Linux version 6.18', `3,2,900000,-;${hung}`, again], exitCode: 1 },
    journalctl: { lines: [failedUnit, 'no JSON', '[]'] },
  });
  const found = await kernelLog(null, context);
  if (!found.ok) throw new Error(found.problem.cause);
  expect(found.value.from).toBe('kmsg');
  expect(found.value.notices).toEqual([
    expect.objectContaining({ kind: 'unit-failed', unit: 'nix-gc.service', from: 'journal' }),
    // The clock of the kernel says 900 ms; it is 1000 ms now.
    expect.objectContaining({ kind: 'hung-task', pid: 2457, timeMs: ports.clock.now() - 100, text: hung }),
  ]);
  expect(asked()).not.toContain('_TRANSPORT=kernel');
});

test('without the right to the kernel’s log its lines come from the journal', async () => {
  const { context, asked } = machine({
    dd: { lines: [denied], exitCode: 1 },
    journalctl: {
      lines: [
        JSON.stringify({ __REALTIME_TIMESTAMP: '1700000000000000', _TRANSPORT: 'kernel', MESSAGE: hung }),
      ],
    },
  });
  expect(await kernelLog(null, context)).toMatchObject({
    value: { from: 'journal', notices: [{ kind: 'hung-task', from: 'kernel' }] },
  });
  expect(asked()).toContain('_TRANSPORT=kernel');
});

test.each([
  '2>No journal files were opened due to insufficient permissions.',
  '2>Hint: You are currently not seeing messages from other users and the system.',
])('without either it is not told: %s', async (line) => {
  const { context } = machine({
    dd: { lines: [denied], exitCode: 1 },
    journalctl: { lines: [line], exitCode: line.includes('Hint') ? 0 : 1 },
  });
  expect(await kernelLog(null, context)).toMatchObject({
    problem: { kind: 'denied', cause: 'needs root, or the group systemd-journal' },
  });
});

test('a kernel that says the same without end: the newest lines', async () => {
  const lines = Array.from({ length: 500 }, (_, at) => `3,${at},${at * 1000},-;${hung}`);
  const { context, ports } = machine({ dd: { lines: [...lines, again], exitCode: 1 }, journalctl: {} });
  const found = await kernelLog(null, context);
  expect(found.ok && found.value.notices.length).toBe(100);
  expect(found.ok && found.value.notices.at(-1)?.timeMs).toBe(ports.clock.now() - 501);
});

const noKernelLog = process.platform !== 'linux' || process.getuid?.() !== 0;

test.skipIf(noKernelLog)('the real log of this kernel, with a line of ours', async () => {
  // A RAM disk: whoever watches this machine hears of it, and no rule makes anything of it.
  const device = `ram${process.pid}`;
  writeFileSync(
    '/dev/kmsg',
    `<6>I/O error, dev ${device}, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2\n`,
  );
  const { context } = realProbe();
  const found = await kernelLog(null, context);
  if (!found.ok) throw new Error(JSON.stringify(found.problem));
  const ours = found.value.notices.find(
    (notice) => notice.kind === 'block-error' && notice.device === device,
  );
  expect(ours).toMatchObject({ from: 'kernel', what: 'I/O' });
  expect(Math.abs((ours?.timeMs ?? 0) - Date.now())).toBeLessThan(60_000);
});
