/**
 * The end of a hardship, certain: a shell of its own session that holds what is to be undone and undoes it
 * when its standard input ends. That is when we ask for it, when we die (the kernel closes the pipe, kill -9
 * or not), or at the deadline. There is no other way to clean up, so the certain way is the one that is used.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Keeper {
  /** A shell command for the end, harmless where there is nothing to undo: the last promised runs first. */
  promise(command: string): void;
  end(): Promise<void>;
}

/** `$1` = seconds. Lines on stdin are commands. Signals end it early, but not without its work. */
const script = `
cd /; trap 'late=' TERM INT HUP
undo=(); until=$((SECONDS + $1)); late=1
while [ "$late" ] && ((SECONDS < until)); do
  read -r -t $((until - SECONDS)) line; code=$?
  [ $code = 0 ] && undo=("$line" "\${undo[@]}")
  [ $code = 1 ] && break
done
exec <&-
for command in "\${undo[@]}"; do eval "$command" </dev/null >/dev/null 2>&1; done
`;

export function startKeeper(secs: number): Keeper {
  // A signal to the group of whoever started us (Ctrl-C in a terminal) must not reach it.
  const child = spawn('bash', ['-c', script, 'nixpulse-hardship', String(Math.ceil(secs))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = once(child, 'exit');
  // It may be over before we write to it.
  child.stdin.on('error', () => {});
  child.unref();
  return {
    promise: (command) => void child.stdin.write(`${command}\n`),
    async end() {
      child.stdin.end();
      child.ref();
      await ended;
    },
  };
}

/** One word of a shell command. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
