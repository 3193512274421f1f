/** How long a program takes from exec to its first whole screen. */
import headless from '@xterm/headless';
import { pause } from '../lab/wait.ts';
import { type Chunk, columns, rows, start, type Tool } from './tools.ts';

export interface FirstFrame {
  readonly firstByteMs: number;
  /** The last byte of the first whole frame: after it the terminal was silent, and the screen complete. */
  readonly wholeMs: number;
}

/** Longer than between the writes of one frame, shorter than to what follows it: a version that had to be asked for. */
const silenceMs = 40;
const patienceMs = 15_000;

/** `whole`: stands on a whole screen. */
export async function measureFirstFrame(tool: Tool, home: string, whole: RegExp): Promise<FirstFrame> {
  const running = start(tool, home);
  const screen = new headless.Terminal({ cols: columns, rows, scrollback: 0, allowProposedApi: true });
  try {
    let fed = 0;
    for (;;) {
      const elapsed = performance.now() - running.startMs;
      if (running.ended() || elapsed > patienceMs) {
        throw new Error(`${tool.name} showed no whole frame:\n${linesOf(screen).join('\n').trimEnd()}`);
      }
      const last = running.chunks.at(-1);
      if (last !== undefined && elapsed - last.ms >= silenceMs) {
        const found = await wholeAt(whole, screen, running.chunks, fed);
        if (found !== null) return { firstByteMs: running.chunks[0]?.ms ?? 0, wholeMs: found };
        fed = running.chunks.length;
      }
      await pause(20);
    }
  } finally {
    await running.stop();
    screen.dispose();
  }
}

/** Feeds what came since; the time of the chunk that was followed by silence with a whole screen. */
async function wholeAt(whole: RegExp, screen: headless.Terminal, chunks: readonly Chunk[], from: number) {
  for (let i = from; i < chunks.length; i++) {
    const chunk = chunks[i];
    if (chunk === undefined) break;
    await new Promise<void>((done) => screen.write(chunk.bytes, done));
    const silent = (chunks[i + 1]?.ms ?? Number.POSITIVE_INFINITY) - chunk.ms >= silenceMs;
    if (silent && linesOf(screen).some((line) => whole.test(line))) return chunk.ms;
  }
  return null;
}

function linesOf(screen: headless.Terminal): string[] {
  const { active } = screen.buffer;
  return Array.from(
    { length: rows },
    (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
  );
}
