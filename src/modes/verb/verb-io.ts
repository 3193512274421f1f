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
  /** Asks on stderr and reads a line (null: Ctrl-C, or a signal that ends); null where stdin or stderr is no terminal. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
  /** Calls at Ctrl-C, until the returned function is called. */
  onInterrupt(call: () => void): () => void;
}

const ending = ['SIGINT', 'SIGTERM'] as const;

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
      for (const signal of ending) process.on(signal, call);
      return () => {
        for (const signal of ending) process.off(signal, call);
      };
    },
  };
}

function fitted(text: string, { columns = 80 }: { readonly columns?: number }): string {
  return withoutControls(text).slice(0, Math.max(0, columns - 1));
}

/** The end of the input is an empty line; Ctrl-C is null, and whatever would end us. */
function readLine(question: string, process: VerbIoOptions['process']): Promise<string | null> {
  const { stdin, stderr } = process;
  const reader = createInterface({ input: stdin, output: stderr });
  return new Promise((resolve) => {
    let answer: string | null = '';
    const giveUp = () => {
      answer = null;
      reader.close();
    };
    reader.once('close', () => {
      for (const signal of ending) process.off(signal, giveUp);
      resolve(answer);
    });
    reader.on('SIGINT', giveUp);
    for (const signal of ending) process.on(signal, giveUp);
    reader.question(question, (line) => {
      answer = line;
      reader.close();
    });
  });
}
