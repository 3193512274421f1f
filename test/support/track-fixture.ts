/** A day of a machine for the charts: calm, a rebuild in its last hour, a stall, a time without samples. */

import type { TrackPoint } from '../../src/model/past/track.ts';
import { type Track, trackOf } from '../../src/model/past/track-rings.ts';
import { fixtureTimeMs } from './model-fixture.ts';

const GiB = 1024 ** 3;

/** Seconds before now, ascending towards it: one sample each, fewer long ago. */
function times(): number[] {
  const ago: number[] = [];
  for (let sec = 26 * 3600; sec > 4000; sec -= 20) ago.push(sec);
  for (let sec = 4000; sec >= 0; sec -= 1) {
    // Suspended for ten minutes, and stalled for half a minute just now.
    if ((sec < 2400 && sec > 1800) || (sec < 150 && sec > 120)) continue;
    ago.push(sec);
  }
  return ago;
}

function wave(sec: number, period: number): number {
  return (Math.sin((sec / period) * 2 * Math.PI) + 1) / 2;
}

export function trackPoints(): readonly TrackPoint[] {
  return times().map((ago) => {
    const busy = ago < 3000;
    const tight = ago < 240;
    const spike = ago === 60 || ago === 900 || ago === 40_000;
    const memorySome = spike ? 97 : tight ? 40 + 40 * wave(ago, 90) : busy ? 6 * wave(ago, 400) : 0;
    const builds = busy
      ? [
          { name: 'firefox-130.0', residentBytes: (4 + 7 * Math.min(1, (3000 - ago) / 2800)) * GiB },
          { name: 'chromium-129.0.6668.70', residentBytes: (2 + 4 * wave(ago, 1500)) * GiB },
          ...(ago < 700 ? [{ name: 'linux-6.11.3', residentBytes: 2.1 * GiB }] : []),
          { name: 'python3-3.12.6', residentBytes: 0.4 * GiB },
        ].toSorted((a, b) => b.residentBytes - a.residentBytes)
      : [];
    const atMs = fixtureTimeMs - ago * 1000;
    return {
      fromMs: atMs,
      toMs: atMs,
      max: {
        memorySomePercent: memorySome,
        memoryFullPercent: memorySome * 0.7,
        ioSomePercent: busy ? 30 + 28 * wave(ago, 70) : 2,
        ioFullPercent: busy ? 20 + 22 * wave(ago, 70) : 1,
        cpuSomePercent: busy ? 31 : 3,
        memoryUsedBytes: (busy ? 14 + 15 * Math.min(1, (3000 - ago) / 2800) : 5) * GiB,
        memoryTotalBytes: 31.2 * GiB,
        swapUsedBytes: (tight ? 7.8 : busy ? 2.5 : 0) * GiB,
        swapTotalBytes: 8 * GiB,
        diskAwaitMs: spike ? 1870 : busy ? 12 + 300 * wave(ago, 150) ** 4 : 0.6,
        diskUtilPercent: busy ? 60 + 40 * wave(ago, 110) : 4,
        nixResidentBytes: builds.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
      },
      builds,
    };
  });
}

export const dayTrack: Track = trackOf(trackPoints());
