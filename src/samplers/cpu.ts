/** Reads /proc/stat, /proc/loadavg and /proc/uptime through kept descriptors. */
import { ok, orNull } from '../base/problem.ts';
import type { CpuRaw, Reading } from '../model/sample.ts';
import { parseCpuStat, parseLoadavg, parseUptime } from '../parse/cpu-stat.ts';
import type { Ports } from '../platform/ports.ts';

export interface CpuReader {
  sample(): Reading<CpuRaw>;
  close(): void;
}

export function createCpuReader({ files, clock }: Pick<Ports, 'files' | 'clock'>): CpuReader {
  const stat = files.keep('/proc/stat');
  const loadavg = files.keep('/proc/loadavg');
  const uptime = files.keep('/proc/uptime');

  return {
    sample() {
      const atMs = clock.monotonic();
      // Right beside the monotonic time: the two together tell a suspend.
      const sinceBoot = orNull(uptime.read());
      const text = stat.read();
      if (!text.ok) return { atMs, ...text };
      const parsed = parseCpuStat(text.value);
      if (!parsed.ok) return { atMs, ...parsed };
      const load = orNull(loadavg.read());
      return {
        atMs,
        ...ok({
          ...parsed.value,
          load: load === null ? null : parseLoadavg(load),
          uptimeSec: sinceBoot === null ? null : parseUptime(sinceBoot),
        }),
      };
    },
    close() {
      stat.close();
      loadavg.close();
      uptime.close();
    },
  };
}
