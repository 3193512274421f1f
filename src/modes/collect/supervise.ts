/**
 * Gathers in a process that nobody has to wait for. A thread that writes to a disk that does not answer is in a system call
 * that not even SIGKILL ends, and its process is not gone, nor its output closed, before that comes back. So what touches
 * disks is a child: whoever called us hears through us, and we end when it says that it is done.
 */
import { spawn } from 'node:child_process';
import { isFields } from '../../base/fields.ts';
import type { Given } from '../mode.ts';
import { createVerbIo } from '../verb/verb-io.ts';

/** In the environment of the child: what was asked for, as JSON. */
const askedIn = 'NIXPULSE_COLLECT';

type Said =
  | { readonly kind: 'out' | 'err' | 'draw'; readonly text: string }
  | { readonly kind: 'done'; readonly code: number };

/** The mode as the child runs it: its lines and its progress are ours. */
export interface CollectGiven extends Given {
  /** Null where nobody looks. */
  readonly draw: ((text: string) => void) | null;
  /** Calls once when it is to end with what there is. */
  readonly onStop: (call: () => void) => () => void;
}

/** Within the call of the child; null: we are not one. */
export function askedOf(given: Given): CollectGiven | null {
  const { environment, process } = given;
  const asked = environment[askedIn];
  const send = process.send?.bind(process);
  if (asked === undefined || send === undefined) return null;
  const { [askedIn]: _, ...rest } = environment;
  delete process.env[askedIn];
  const say = (said: Said) => new Promise<void>((resolve) => send(said, () => resolve()));
  return {
    ...given,
    environment: rest,
    invocation: JSON.parse(asked) as Given['invocation'],
    write: (text) => say({ kind: 'out', text }),
    complain: (text) => void say({ kind: 'err', text }),
    draw: (text) => void say({ kind: 'draw', text }),
    onStop(call) {
      for (const event of ['SIGTERM', 'SIGINT'] as const) process.on(event, call);
      // Whoever called is gone.
      process.on('disconnect', call);
      return () => {};
    },
  };
}

/** The last word of the child; what becomes of it afterwards is nobody's concern. */
export function sayDone({ process }: Given, code: number): Promise<void> {
  return new Promise((resolve) => process.send?.({ kind: 'done', code } satisfies Said, () => resolve()));
}

/** Past a minute something is wrong that no deadline of the child has met. */
const longestMs = 58_000;
const timedOutCode = 1;

export function supervise(given: Given): Promise<number> {
  const { process, environment, invocation, ports, write, complain } = given;
  const [, program = ''] = process.argv;
  const io = createVerbIo({ process, write });
  const child = spawn(
    process.execPath,
    [...process.execArgv, program, 'collect', '--root', invocation.root],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...environment, [askedIn]: JSON.stringify(invocation) },
      // In a session of its own: Ctrl-C is ours, and asks it to end with what there is.
      detached: true,
    },
  );
  child.unref();
  const ignore = io.onInterrupt(() => void child.kill('SIGTERM'));
  return new Promise((resolve) => {
    let writing = Promise.resolve();
    let isOver = false;
    const end = (code: number) => {
      isOver = true;
      cancel();
      ignore();
      io.draw?.('');
      void writing.then(() => {
        child.removeAllListeners();
        if (child.connected) child.disconnect();
        resolve(code);
      });
    };
    const cancel = ports.clock.after(longestMs, () => {
      complain('it did not end in time, and is left to itself');
      end(timedOutCode);
    });
    child.on('message', (said: unknown) => {
      if (!isFields(said) || isOver) return;
      const { kind, text, code } = said;
      if (kind === 'done') end(typeof code === 'number' ? code : timedOutCode);
      else if (typeof text !== 'string') return;
      else if (kind === 'out') writing = writing.then(() => write(text));
      else if (kind === 'err') complain(text);
      else io.draw?.(text);
    });
    child.on('error', (error) => {
      complain(`cannot begin: ${error.message}`);
      end(1);
    });
    child.on('exit', (code, signal) => {
      if (isOver) return;
      if (code !== 0) complain(`it ended with ${code ?? signal} before it was done`);
      end(code ?? 1);
    });
  });
}
