/** The source `pressure`: PSI of cpu, memory, io and irq, and with it the CPU counters. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { PressureFileRaw, PressureRaw, PressureResource } from '../model/sample.ts';
import { parsePressure } from '../parse/pressure.ts';
import type { Ports } from '../platform/ports.ts';
import { createCpuReader } from './cpu.ts';
import type { Source } from './source.ts';

/** What a missing file means; the kernels are those that brought it. */
const whyMissing: Readonly<Record<PressureResource, string>> = {
  cpu: 'this kernel has no PSI (4.20+ with CONFIG_PSI)',
  memory: 'this kernel has no PSI (4.20+ with CONFIG_PSI)',
  io: 'this kernel has no PSI (4.20+ with CONFIG_PSI)',
  irq: 'this kernel does not account interrupts (6.1+ with CONFIG_IRQ_TIME_ACCOUNTING)',
};

export function createPressureSource(ports: Pick<Ports, 'files' | 'clock'>): Source {
  const { files, clock } = ports;
  const cpuReader = createCpuReader(ports);

  function open(resource: PressureResource) {
    const where = `/proc/pressure/${resource}`;
    const kept = files.keep(where);
    /** A kernel without it does not get it: not asked again, for each attempt takes kernel memory. */
    let missingFile: Result<never> | null = null;
    return {
      close: () => kept.close(),
      read(): Result<PressureFileRaw> {
        if (missingFile !== null) return missingFile;
        const text = kept.read();
        if (text.ok) return parsePressure(text.value, where);
        if (text.problem.kind === 'gone') {
          missingFile = fail('unsupported', where, whyMissing[resource]);
          return missingFile;
        }
        // EOPNOTSUPP: the kernel has it, the boot switched it off.
        if (text.problem.kind === 'unsupported')
          return fail('unsupported', where, 'PSI off (boot with psi=1)');
        return text;
      },
    };
  }
  const cpu = open('cpu');
  const memory = open('memory');
  const io = open('io');
  const irq = open('irq');

  return {
    id: 'pressure',
    sample() {
      const atMs = clock.monotonic();
      const raw: PressureRaw = { cpu: cpu.read(), memory: memory.read(), io: io.read(), irq: irq.read() };
      return { pressure: { atMs, ...ok(raw) }, cpu: cpuReader.sample() };
    },
    close() {
      for (const file of [cpu, memory, io, irq]) file.close();
      cpuReader.close();
    },
  };
}
