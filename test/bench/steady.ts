/** What a running program uses per refresh once it is warm. */
import { pause } from '../lab/wait.ts';
import { type Chunk, start, type Tool } from './tools.ts';
import { usageOf } from './usage.ts';

export interface Steady {
  readonly cpuMs: number;
  readonly bytes: number;
  readonly anonymousBytes: number;
  readonly residentBytes: number;
}

/** Once warm, what it uses per refresh over a window. */
export async function measureSteady(
  tool: Tool,
  home: string,
  warmMs: number,
  windowMs: number,
): Promise<Steady> {
  const running = start(tool, home);
  try {
    await pause(warmMs);
    const before = usageOf(running.pty.pid);
    const firstChunk = running.chunks.length;
    const beginMs = performance.now();
    await pause(windowMs);
    const seconds = (performance.now() - beginMs) / 1000;
    const after = usageOf(running.pty.pid);
    const chunks = running.chunks.slice(firstChunk);
    const refreshes = tool.alwaysWrites ? Math.min(seconds, Math.max(1, bursts(chunks))) : seconds;
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    if (running.ended()) throw new Error(`${tool.name} ended:\n${textOf(running.chunks)}`);
    return {
      cpuMs: (after.cpuMs - before.cpuMs) / refreshes,
      bytes: bytes / refreshes,
      anonymousBytes: after.anonymousBytes,
      residentBytes: after.residentBytes,
    };
  } finally {
    await running.stop();
  }
}

/** Refreshes as the terminal sees them: writes less than 100 ms apart are one. */
function bursts(chunks: readonly Chunk[]): number {
  return chunks.filter((chunk, i) => i === 0 || chunk.ms - (chunks[i - 1]?.ms ?? 0) > 100).length;
}

function textOf(chunks: readonly Chunk[]): string {
  return Buffer.concat(chunks.map((chunk) => chunk.bytes))
    .toString('utf8')
    .slice(-2000);
}
