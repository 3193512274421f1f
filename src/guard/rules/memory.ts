/** Memory is short for the whole machine, by its pressure and by what is left; or it is gone within seconds. */
import { pro } from '../../diagnose/judgement.ts';
import { heaviestFirst } from '../../model/intents/heaviest-build.ts';
import type { Candidate, GuardRule } from '../rule.ts';

export const memoryRule: GuardRule<'memory'> = {
  id: 'memory',
  look({ model, settings, builds, clients, nowMs, keep }) {
    const { full, available, within } = settings.rules.memory.numbers;
    const { memory, pressure, shortages } = model;
    const { totalBytes, availableBytes, swapTotalBytes, swapUsedBytes } = memory;
    const fullPercent = pressure.memory.full?.avg10 ?? null;
    if (totalBytes === null || availableBytes === null) return [];
    const leftPercent = (100 * availableBytes) / totalBytes;
    const swapLeft = swapTotalBytes ? 100 * (1 - (swapUsedBytes ?? 0) / swapTotalBytes) : 0;
    const little = leftPercent <= available && swapLeft <= available;
    const fall = keep<Fall>('fall', (before) => nextFall(before, nowMs, availableBytes));
    const untilSec = fall.bytesPerSec === null ? null : availableBytes / fall.bytesPerSec;
    // Where a swap is full, or there is none: what is left is the end.
    const soon = untilSec !== null && untilSec <= within && swapLeft <= available;
    const pressed = fullPercent !== null && fullPercent >= full;
    const candidate: Candidate = {
      subject: { kind: 'machine' },
      name: null,
      value: fullPercent,
      limit: full,
      unit: 'percent',
      over: pressed || soon,
      worsening: fall.bytesPerSec !== null || (pressure.memory.full?.tickPercent ?? 0) >= full,
      agrees: little || soon,
      evidence: [
        ...(fullPercent === null ? [] : [pro('pressure.memory.full.avg10', fullPercent, 'percent')]),
        pro('memory.available', availableBytes, 'bytes'),
      ],
      builds: heaviestFirst({ builds, shortages }),
      clients,
    };
    return [candidate];
  },
};

/** How fast what is left gets less, over some seconds; null: it does not. */
interface Fall {
  readonly points: readonly { readonly atMs: number; readonly bytes: number }[];
  readonly bytesPerSec: number | null;
}

const windowMs = 5000;
const leastMs = 2000;

function nextFall(before: Fall | undefined, atMs: number, bytes: number): Fall {
  const known = before?.points ?? [];
  const points = [...known.filter((one) => atMs - one.atMs <= windowMs), { atMs, bytes }];
  const [first] = points;
  if (first === undefined || atMs - first.atMs < leastMs) return { points, bytesPerSec: null };
  const perSec = ((first.bytes - bytes) * 1000) / (atMs - first.atMs);
  return { points, bytesPerSec: perSec > 0 ? perSec : null };
}
