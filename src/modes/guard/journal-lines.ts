/**
 * Lines into systemd's journal, with fields: by its native protocol where it listens, else on stderr, with `<4>` before
 * each where stderr is the journal's (sd-daemon(3)). Never waited for: what its queue has no room for is sent later.
 */
import { type JournalFields, journalDatagram } from '../../format/journal-entry.ts';
import type { Datagrams } from '../../platform/ports.ts';

export interface JournalLines {
  write(fields: JournalFields & { readonly MESSAGE: string; readonly PRIORITY: number }): void;
  /** Sends what had to wait; with each look. */
  flush(): void;
}

export interface JournalLinesOptions {
  /** Null: it cannot be reached. */
  readonly datagrams: Pick<Datagrams, 'send'> | null;
  /** Stderr goes into the journal anyway. */
  readonly stderrIsJournal: boolean;
  readonly stderr: (line: string) => void;
  readonly socket?: string;
}

const usualSocket = '/run/systemd/journal/socket';
/** Those that wait for a journal that does not read; older ones give way. */
const mostWaiting = 64;

export function createJournalLines(options: JournalLinesOptions): JournalLines {
  const { datagrams, stderrIsJournal, stderr, socket = usualSocket } = options;
  let waiting: readonly Uint8Array[] = [];

  /** False: nobody is there, and it has to be said otherwise. */
  function send(bytes: Uint8Array): boolean {
    if (datagrams === null) return false;
    if (waiting.length === 0) {
      const sent = datagrams.send(socket, bytes);
      if (sent.ok) return true;
      // Written to stderr it would wait for the same journal, and we with it.
      if (sent.problem.kind !== 'timeout') return false;
    }
    waiting = [...waiting, bytes].slice(-mostWaiting);
    return true;
  }

  return {
    write(fields) {
      const inJournal = send(journalDatagram(fields));
      if (!stderrIsJournal) stderr(fields.MESSAGE);
      else if (!inJournal) stderr(`<${fields.PRIORITY}>${fields.MESSAGE}`);
    },
    flush() {
      while (waiting.length > 0 && datagrams !== null) {
        const [first, ...rest] = waiting;
        const sent = first === undefined ? null : datagrams.send(socket, first);
        if (sent?.ok === false && sent.problem.kind === 'timeout') return;
        waiting = rest;
      }
    },
  };
}
