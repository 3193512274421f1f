/** /proc/pressure/{cpu,memory,io,irq}: pressure stall information. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { PressureFileRaw, PressureLineRaw } from '../model/sample.ts';

/**
 * ```
 * some avg10=42.14 avg60=9.21 avg300=2.34 total=15412243
 * full avg10=0.00 avg60=0.00 avg300=0.00 total=0
 * ```
 * Documentation/accounting/psi.rst. `irq` has only the `full` row; before 5.13 `cpu` had only `some`.
 */
const row = /^(some|full) avg10=(\d+\.\d+) avg60=(\d+\.\d+) avg300=(\d+\.\d+) total=(\d+)\n/gm;

export function parsePressure(text: string, where: string): Result<PressureFileRaw> {
  let some: PressureLineRaw | null = null;
  let full: PressureLineRaw | null = null;
  for (const match of text.matchAll(row)) {
    const line = {
      avg10: Number(match[2]),
      avg60: Number(match[3]),
      avg300: Number(match[4]),
      totalUsec: Number(match[5]),
    };
    if (match[1] === 'some') some = line;
    else full = line;
  }
  return some === null && full === null ? fail('malformed', where) : ok({ some, full });
}
