/**
 * The dashboard on a captured tree beside a stream that is written in its own time: what tests in a pseudo-terminal follow.
 *
 *   node --import ./scripts/tsx-hook.mjs test/support/followed-program.tsx ROOT LOG LINES_A_STEP [LAST_LINE]
 */
import { actions } from '../../src/actions/registry.ts';
import { createStreamBuffer } from '../../src/followers/stream-buffer.ts';
import { runDashboard } from '../../src/modes/dashboard/dashboard.tsx';
import { depsOf } from '../../src/modes/mode.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { createPriorities } from '../../src/platform/priorities.ts';
import { createSignals } from '../../src/platform/signals.ts';
import { createSpawn } from '../../src/platform/spawn.ts';
import { createProcSources } from '../../src/watch/sources.ts';
import { fakeNative } from './fake-ports.ts';
import { logBytes } from './logs.ts';

const [root = '/', name = '', each = '20', last = ''] = process.argv.slice(2);
const { pid } = process;
const clock = systemClock;
const files = createFiles({ root, clock });
const ports = {
  files,
  clock,
  spawn: createSpawn(),
  signals: createSignals({ files, pid }),
  priorities: createPriorities({ files, clock, pid }),
  ownFiles: createOwnFiles({ clock }),
  native: fakeNative({ pid }),
};
const { sources, logs, readForest, lowDetail } = createProcSources(ports);
const buffer = createStreamBuffer({
  id: 'command',
  origin: { kind: 'command', words: ['nix-build', '-A', 'all'], pid: null },
  writers: 'one',
});
logs.add({ take: buffer.take, close: () => clearInterval(writing) });
const lines = new TextDecoder().decode(logBytes(name)).split('\n');
const end = last === '' ? lines.length : Number(last);
let at = 0;
const writing = setInterval(() => {
  const more = lines.slice(at, Math.min(end, at + Number(each)));
  at += more.length;
  if (more.length > 0) buffer.push(new TextEncoder().encode(more.map((line) => `${line}\n`).join('')));
}, 200);

process.exitCode = await runDashboard({
  clock,
  sources,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  color: process.env.NO_COLOR === undefined,
  unicode: process.env.TERM !== 'linux',
  console: process.env.TERM === 'linux',
  lowDetail,
  deps: depsOf({ ports, environment: { XDG_STATE_HOME: process.env.XDG_STATE_HOME } }, readForest, actions),
});
clearInterval(writing);
