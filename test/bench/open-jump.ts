/**
 * Opens a recording and jumps about in it, alone in a process: `node --expose-gc open-jump.ts PATH JUMPS` prints a
 * line of JSON.
 */
import { type Derived, derive } from '../../src/model/derive.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { openRecording } from '../../src/record/open-recording.ts';

export interface OpenJump {
  readonly openMs: number;
  /** From the key to the Model of that time, each. */
  readonly jumpMs: readonly number[];
  readonly chunks: number;
  /** In use after the garbage is gone: opened, and after the jumps. */
  readonly openBytes: number;
  readonly jumpedBytes: number;
}

async function openAndJump(path: string, jumps: number): Promise<OpenJump> {
  const used = async () => {
    // What a pool thread unpacked is let go a turn after its object is gone.
    for (let turn = 0; turn < 4; turn++) {
      globalThis.gc?.();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return process.memoryUsage().heapUsed + process.memoryUsage().external;
  };
  const files = createRecordingFiles();
  const beginMs = performance.now();
  const opened = await openRecording(files, path);
  const openMs = performance.now() - beginMs;
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const { chunks } = opened.value;
  const openBytes = await used();
  const jumpMs: number[] = [];
  for (let i = 0; i < jumps; i++) {
    // The end of a chunk is the farthest from its key.
    const chunk = chunks[Math.floor(((i + 0.5) / jumps) * chunks.length)];
    const fromMs = performance.now();
    let derived: Derived | null = null;
    for (const sample of (await chunk?.load()) ?? []) derived = derive(sample, derived);
    if (derived === null) throw new Error('nothing was read');
    jumpMs.push(performance.now() - fromMs);
  }
  const { damage } = opened.value;
  if (damage.length > 0) throw new Error(JSON.stringify(damage[0]));
  return { openMs, jumpMs, chunks: chunks.length, openBytes, jumpedBytes: await used() };
}

if (import.meta.main) {
  const [path = '', jumps = '10'] = process.argv.slice(2);
  process.stdout.write(`${JSON.stringify(await openAndJump(path, Number(jumps)))}\n`);
}
