/** Real builds for the pictures: clients in terminals of their own, as users start them, and their certain end. */
import { randomUUID } from 'node:crypto';
import { spawn } from '@lydell/node-pty';
import { allProcesses, commandLine, processesWithNonce } from '../../test/lab/truth.ts';
import { pause, until } from '../../test/lab/wait.ts';
import { idsOf, type Lab } from '../../test/support/lab.ts';

/** What is typed, and by whom; in the lab's directory of workloads. */
const commands: readonly { readonly line: readonly string[]; readonly user: 'root' | 'nixtester' }[] = [
  { user: 'root', line: ['nix-build', 'system.nix'] },
  { user: 'nixtester', line: ['nix-build', 'system.nix', '-A', 'firefox'] },
];

export interface Rebuild {
  /** Ctrl-C to all clients; resolves when nothing of them is left. */
  stop(): Promise<void>;
}

/** Clients are started one after the other: the last one waits for what the first one builds. */
export async function startRebuild(lab: Lab): Promise<Rebuild> {
  const nonce = randomUUID();
  const terminals: ReturnType<typeof spawn>[] = [];
  const mine = () => processesWithNonce(nonce).filter((one) => one.state !== 'Z');

  /** Of our clients: they remove the build directories when the builders are gone. */
  const workers = () => {
    const clients = terminals.map(({ pid }) => String(pid));
    return allProcesses().filter(({ pid }) => {
      const [name, client = ''] = commandLine(pid);
      return name === 'nix-daemon' && clients.includes(client);
    });
  };

  async function stop(): Promise<void> {
    for (const terminal of terminals) terminal.write('\x03');
    const politeUntil = Date.now() + 10_000;
    await until('the end of the builds', () => {
      const left = mine();
      if (Date.now() > politeUntil) for (const { pid } of left) process.kill(pid, 'SIGKILL');
      return left.length === 0 && workers().length === 0;
    });
    for (const terminal of terminals) terminal.kill();
  }

  try {
    for (const { line, user } of commands) {
      const before = mine().length;
      terminals.push(startClient(lab, line, user, nonce));
      if (user === 'root') await until(`the builds of ${line.join(' ')}`, () => mine().length > before);
      else await pause(0);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop };
}

function startClient(lab: Lab, line: readonly string[], user: 'root' | 'nixtester', nonce: string) {
  const { uid, gid, home } = idsOf(user);
  const [file = '', ...args] = line;
  const terminal = spawn(file, args, {
    cwd: `${lab.directory}/workloads`,
    uid,
    gid,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: home,
      LANG: 'C.UTF-8',
      TERM: 'xterm',
      NIX_PATH: '',
      NIX_CONF_DIR: `${lab.directory}/etc`,
      NIX_REMOTE: 'daemon',
      NONCE: nonce,
    },
  });
  terminal.onData(() => {});
  return terminal;
}
