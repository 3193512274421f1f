/** A command's side of the terminal: answers on stdout, everything else on stderr, one line read where somebody sits. */
import { createInterface } from 'node:readline';
import { withoutControls } from '../../base/text.ts';

export interface VerbIo {
  /** stdout. */
  write(text: string): Promise<void>;
  /** stderr, one line. */
  say(line: string): void;
  /** Draws over the last line of stderr; null where it is no terminal. */
  readonly draw: ((text: string) => void) | null;
  /** Asks on stderr and reads a line (null: Ctrl-C); null where stdin or stderr is no terminal. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
  /** Calls at Ctrl-C, until the returned function is called. */
  onInterrupt(call: () => void): () => void;
}

export interface VerbIoOptions {
  readonly process: Pick<NodeJS.Process, 'stdin' | 'stderr' | 'on' | 'off'>;
  readonly write: (text: string) => Promise<void>;
}

export function createVerbIo({ process, write }: VerbIoOptions): VerbIo {
  const { stdin, stderr } = process;
  const sits = stdin.isTTY === true && stderr.isTTY === true;
  return {
    write,
    // What others wrote (command lines, outputs) must not draw on the terminal.
    say: (line) => void stderr.write(`${withoutControls(line)}\n`),
    draw: stderr.isTTY === true ? (text) => void stderr.write(`\r\x1b[K${fitted(text, stderr)}`) : null,
    ask: sits ? (question) => readLine(question, process) : null,
    onInterrupt(call) {
      process.on('SIGINT', call);
      process.on('SIGTERM', call);
      return () => {
        process.off('SIGINT', call);
        process.off('SIGTERM', call);
      };
    },
  };
}

function fitted(text: string, { columns = 80 }: { readonly columns?: number }): string {
  return withoutControls(text).slice(0, Math.max(0, columns - 1));
}

/** The end of the input is an empty line; Ctrl-C is null. */
function readLine(question: string, { stdin, stderr }: VerbIoOptions['process']): Promise<string | null> {
  const reader = createInterface({ input: stdin, output: stderr });
  return new Promise((resolve) => {
    let answer: string | null = '';
    reader.once('close', () => resolve(answer));
    reader.on('SIGINT', () => {
      answer = null;
      reader.close();
    });
    reader.question(question, (line) => {
      answer = line;
      reader.close();
    });
  });
}
