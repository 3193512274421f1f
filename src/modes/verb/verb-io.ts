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
    ask: sits ? (question) => askNow(question, process) : null,
    onInterrupt(call) {
      for (const signal of ending) process.on(signal, call);
      return () => {
        for (const signal of ending) process.off(signal, call);
      };
    },
  };
}

/** The terminal writes `^C` behind it, which must not begin a row of its own. */
function fitted(text: string, { columns = 80 }: { readonly columns?: number }): string {
  return withoutControls(text).slice(0, Math.max(0, columns - 3));
}

/** The end of the input is an empty line; Ctrl-C is null, and whatever would end us. */
async function askNow(question: string, process: VerbIoOptions['process']): Promise<string | null> {
  const ended = new AbortController();
  const end = () => ended.abort();
  for (const signal of ending) process.on(signal, end);
  const typed = await drain(process.stdin);
  const answer =
    ended.signal.aborted || typed.includes(ctrlC) ? null : await readLine(question, process, ended.signal);
  for (const signal of ending) process.off(signal, end);
  return answer;
}

const drainMs = 30;
const ctrlC = '\x03';

/**
 * What was typed before the question stood there, which answers nothing. Raw: the terminal would keep a line that has no
 * end yet, and make it a part of the answer.
 */
async function drain(stdin: VerbIoOptions['process']['stdin']): Promise<string> {
  let typed = '';
  const take = (bytes: Buffer | string) => {
    typed += String(bytes);
  };
  stdin.setRawMode?.(true);
  stdin.on('data', take);
  stdin.resume();
  await new Promise((resolve) => setTimeout(resolve, drainMs));
  stdin.off('data', take);
  stdin.pause();
  stdin.setRawMode?.(false);
  return typed;
}

function readLine(
  question: string,
  { stdin, stderr }: VerbIoOptions['process'],
  ended: AbortSignal,
): Promise<string | null> {
  const reader = createInterface({ input: stdin, output: stderr });
  return new Promise((resolve) => {
    let answer: string | null = '';
    const giveUp = () => {
      answer = null;
      reader.close();
    };
    reader.once('close', () => {
      ended.removeEventListener('abort', giveUp);
      resolve(answer);
    });
    reader.on('SIGINT', giveUp);
    ended.addEventListener('abort', giveUp);
    reader.question(question, (line) => {
      answer = line;
      reader.close();
    });
  });
}
