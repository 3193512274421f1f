/** The journal of actions on disk: written behind the screen's back, never waited for, bounded. */

import type { Problem, Result } from '../base/problem.ts';
import type { JournalEntry, KeptEntry } from '../model/intents/outcome.ts';
import { parseJournal } from '../parse/journal.ts';
import type { OwnFiles } from '../platform/ports.ts';

export interface Journal {
  /** Returns at once. */
  append(entry: JournalEntry): void;
  /** The last entries of the file; none where there is no file. */
  load(): Promise<Result<readonly KeptEntry[]>>;
  /** Resolves when everything that was appended is written, or could not be. */
  flushed(): Promise<void>;
}

export interface JournalOptions {
  readonly ownFiles: Pick<OwnFiles, 'read' | 'append' | 'replace'>;
  readonly stateDirectory: string;
  /** Null when a write went well again. */
  readonly onProblem: (problem: Problem | null) => void;
}

/** Entries that may wait for a disk that does not answer; older ones give way. */
export const mostWaiting = 256;
const mostLoaded = 200;
/** A file longer than this begins anew with the entries that are shown: years of an eager hand. */
export const mostCharacters = 1 << 20;
/** Of what only another version understands, so much stays in it. */
const mostUnknownCharacters = 1 << 18;

export function createJournal({ ownFiles, stateDirectory, onProblem }: JournalOptions): Journal {
  const path = `${stateDirectory}/journal.jsonl`;
  let waiting: string[] = [];
  let writing: Promise<void> | null = null;
  /** A line that a crash tore off must not take the next one with it. */
  let torn = false;

  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const text = `${torn ? '\n' : ''}${waiting.join('\n')}\n`;
      waiting = [];
      torn = false;
      const written = await ownFiles.append(path, text);
      onProblem(written.ok ? null : written.problem);
    }
    writing = null;
  }

  /** Whole or not at all; what another nixpulse appends in this very moment is lost from the file. */
  async function shorten(lines: readonly string[]): Promise<void> {
    const written = await ownFiles.replace(path, lines.map((line) => `${line}\n`).join(''));
    if (written.ok) torn = false;
    else onProblem(written.problem);
  }

  return {
    append(entry) {
      waiting = [...waiting, JSON.stringify(entry)].slice(-mostWaiting);
      writing ??= write();
    },
    async load() {
      const text = await ownFiles.read(path);
      if (!text.ok) return text.problem.kind === 'gone' ? { ok: true, value: [] } : text;
      torn = text.value !== '' && !text.value.endsWith('\n');
      const { entries, lines } = parseJournal(text.value, mostLoaded, mostUnknownCharacters);
      if (text.value.length > mostCharacters) await shorten(lines);
      return { ok: true, value: entries };
    },
    flushed: () => writing ?? Promise.resolve(),
  };
}
