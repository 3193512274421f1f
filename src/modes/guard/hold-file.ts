/** hold.json, read beside the looks: until when somebody asked the guard to leave everything alone. */
import { parseJsonObject } from '../../base/fields.ts';
import type { GuardHold } from '../../model/guard/guard-files.ts';
import type { Ports } from '../../platform/ports.ts';

export interface HoldFile {
  /** With each look: asks whether it has changed. */
  looked(): void;
  /** Unix ms; null: nobody holds it now. */
  untilMs(): number | null;
}

const everyMs = 1000;
const mostBytes = 4096;
/** A guard that somebody has forgotten is no guard. */
export const longestHoldMs = 24 * 60 * 60_000;
/** By so much a clock may have been set back since. */
const slackMs = 60_000;

export function createHoldFile(
  path: string,
  { files, ownFiles, clock, native }: Pick<Ports, 'files' | 'ownFiles' | 'clock' | 'native'>,
  onChange: (hold: GuardHold | null) => void = () => {},
): HoldFile {
  let hold: GuardHold | null = null;
  let seen = '';
  let looking = false;
  let lookedMs = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    const file = await files.ownerSlow(path);
    // What does not answer now says nothing new.
    if (!file.ok && file.problem.kind !== 'gone') return;
    const now = file.ok ? `${file.value.inode} ${file.value.bytes} ${file.value.mtimeMs}` : '';
    if (now === seen) return;
    const text = file.ok ? await ownFiles.read(path, { maxBytes: mostBytes, trustedBy: native.uid }) : null;
    if (text?.ok === false && text.problem.kind !== 'gone') return;
    seen = now;
    const before = standing(hold, clock.now());
    hold = text?.ok ? parseHold(text.value) : null;
    const after = standing(hold, clock.now());
    if (before?.untilMs !== after?.untilMs) onChange(after);
  }

  return {
    looked() {
      const nowMs = clock.monotonic();
      if (looking || nowMs - lookedMs < everyMs) return;
      looking = true;
      lookedMs = nowMs;
      void look().finally(() => {
        looking = false;
      });
    },
    untilMs: () => standing(hold, clock.now())?.untilMs ?? null,
  };
}

export function parseHold(text: string): GuardHold | null {
  const { version, untilMs, by } = parseJsonObject(text) ?? {};
  if (version !== 1 || typeof untilMs !== 'number' || !Number.isSafeInteger(untilMs)) return null;
  return { version, untilMs, by: typeof by === 'string' ? by.slice(0, 100) : '' };
}

/** One that is over, or longer than any may be, is none. */
function standing(hold: GuardHold | null, nowMs: number): GuardHold | null {
  if (hold === null || hold.untilMs <= nowMs || hold.untilMs > nowMs + longestHoldMs + slackMs) return null;
  return hold;
}
