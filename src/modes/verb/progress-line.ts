/** What a command says while it works: one line that is drawn over, findings as lines that stay. */
import type { Progress } from '../../model/intents/outcome.ts';
import type { Clock } from '../../platform/ports.ts';
import type { VerbIo } from './verb-io.ts';

export interface ProgressLine {
  report(progress: Progress): void;
  end(): void;
}

const drawEveryMs = 200;

/** `quiet`: stdout is for a program, so findings are not said twice. */
export function createProgressLine(
  { say, draw }: Pick<VerbIo, 'say' | 'draw'>,
  clock: Clock,
  quiet: boolean,
): ProgressLine {
  let last: Omit<Progress, 'lines'> = {};
  let drawnMs = Number.NEGATIVE_INFINITY;
  let drawnText: string | undefined;
  let drawn = false;

  function clear(): void {
    if (drawn) draw?.('');
    drawn = false;
  }

  return {
    report({ lines = [], ...progress }) {
      last = { ...last, ...progress };
      if (!quiet && lines.length > 0) {
        clear();
        for (const line of lines) say(line);
      }
      const now = clock.monotonic();
      // What it does now may be the last that is said for minutes.
      const isOther = progress.text !== undefined && progress.text !== drawnText;
      if (draw === null || (!isOther && now - drawnMs < drawEveryMs)) return;
      drawnText = last.text;
      drawnMs = now;
      drawn = true;
      draw(lineOf(last));
    },
    end: clear,
  };
}

function lineOf({ text, done, total, doneBytes, totalBytes }: Omit<Progress, 'lines'>): string {
  const [part, whole] = totalBytes === undefined ? [done, total] : [doneBytes, totalBytes];
  const share =
    part === undefined || whole === undefined || whole <= 0
      ? ''
      : `${Math.min(100, Math.floor((part / whole) * 100))}%`;
  const counted = total === undefined ? '' : `${done ?? 0}/${total}`;
  return [text ?? '', share, counted].filter((one) => one !== '').join('  ');
}
