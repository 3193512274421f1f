/**
 * A command that asks a person: a password of sudo or ssh, a yes or no. What it writes to its terminal is seen here; it
 * has ours, and our keys, until it has its answer.
 */
import type { Clock } from '../../platform/ports.ts';
import type { PseudoTerminal } from '../../platform/pseudo-terminal.ts';

export interface AskingOptions {
  readonly terminal: PseudoTerminal;
  readonly clock: Clock;
  /** Its name, for the person who is asked. */
  readonly tool: string;
  /** Lets go of the screen; what it returns takes it again. */
  readonly lend: () => () => void;
  readonly write: (text: string | Uint8Array) => void;
}

export interface Asking {
  /** True while it asks: then keys are its. */
  readonly asks: boolean;
  type(keys: Uint8Array): void;
  /** Resolves when it asks nothing. */
  quiet(): Promise<void>;
  /** What it wrote and nobody has seen, for the end. */
  end(): string;
}

const newline = 10;
const lookEveryMs = 250;
/** While something is said or asked. */
const lookSoonMs = 100;
/** What stands there for so long without the end of its line is a question. */
const questionMs = 200;
/** Before the screen is taken again: a next question may follow. */
const quietMs = 300;
/** Of what it wrote without asking, the last is kept. */
const mostText = 16 * 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours and bells say nothing
const withoutText = /\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x09\x0b-\x1f]/g;

export function createAsking({ terminal, clock, tool, lend, write }: AskingOptions): Asking {
  const decoder = new TextDecoder();
  let unseen = '';
  /** Of the line that is not over. */
  let line = '';
  let wroteMs = 0;
  let answered = false;
  /** Of our screen, while it is lent. */
  let midLine = false;
  let takeBack: (() => void) | null = null;
  let waiting: (() => void)[] = [];
  let cancel = () => {};

  /** While the screen is its. */
  function show(text: string | Uint8Array): void {
    const last = typeof text === 'string' ? text.charCodeAt(text.length - 1) : text.at(-1);
    midLine = last !== newline;
    write(text);
  }

  function begin(): void {
    takeBack = lend();
    answered = false;
    // A question may stand in its stderr, which nobody sees before the end of its line.
    show(
      unseen === '' ? `nixpulse: ${tool} asks, and does not show the answer: ` : `nixpulse: ${tool} asks:\n`,
    );
    if (unseen !== '') show(unseen);
    unseen = '';
  }

  function giveBack(): void {
    if (midLine) show('\n');
    takeBack?.();
    takeBack = null;
    for (const call of waiting.splice(0)) call();
  }

  function look(): void {
    cancel = clock.after(line === '' && takeBack === null ? lookEveryMs : lookSoonMs, look);
    const quiet = clock.monotonic() - wroteMs;
    const echoes = terminal.echoes();
    if (takeBack === null) {
      if (!echoes || (line !== '' && quiet >= questionMs)) begin();
    } else if (echoes && answered && line === '' && quiet >= quietMs) giveBack();
  }

  terminal.onData((bytes) => {
    const text = decoder.decode(bytes, { stream: true });
    wroteMs = clock.monotonic();
    line = `${line}${text.replaceAll(withoutText, '')}`;
    line = line.slice(line.lastIndexOf('\n') + 1).slice(-mostText);
    if (takeBack === null) unseen = `${unseen}${text}`.slice(-mostText);
    else show(bytes);
    cancel();
    cancel = clock.after(lookSoonMs, look);
  });
  look();

  return {
    get asks() {
      return takeBack !== null;
    },
    type(keys) {
      wroteMs = clock.monotonic();
      // Enter, Ctrl-C, Ctrl-D.
      if (keys.some((byte) => byte === 13 || byte === 10 || byte === 3 || byte === 4)) {
        answered = true;
        // Not everybody ends the line whose answer was not shown.
        line = '';
      }
      terminal.type(keys);
    },
    quiet: () =>
      takeBack === null && line === '' && terminal.echoes()
        ? Promise.resolve()
        : new Promise((resolve) => waiting.push(resolve)),
    end() {
      cancel();
      if (takeBack !== null) giveBack();
      for (const call of waiting.splice(0)) call();
      waiting = [];
      return unseen;
    },
  };
}
