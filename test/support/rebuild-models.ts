/** Models of machines whose rebuilds are followed: real streams, as far as they had come. */
import type { Build, Client, Model } from '../../src/model/model.ts';
import { derivationOfPath } from '../../src/model/nix-store/store-path.ts';
import type { LogEvent } from '../../src/model/rebuild/log-event.ts';
import { eventsUpTo, following, type StreamSoFar } from './followed-streams.ts';
import { activating, buildOf, busy, calm, evaluating, firefox, rebuild, waiting } from './model-fixture.ts';

const isStep = (step: string) => (event: LogEvent) => event.kind === 'step' && event.step === step;
const isWait = (event: LogEvent) => event.kind === 'start' && event.activity.type === 'wait';

/** The `nth` event of a kind. */
function nth(kind: LogEvent['kind'], n: number): (event: LogEvent) => boolean {
  let seen = 0;
  return (event) => {
    if (event.kind === kind) seen += 1;
    return seen === n;
  };
}

const command = (pid: number, ...words: readonly string[]) => ({ kind: 'command', words, pid }) as const;
const switchWords = ['nixos-rebuild', 'switch', '--flake', '.#box'];
const byRoot = command(rebuild.pid, ...switchWords);

/** As they are called in the stream: the process table has the same derivations. */
function withHashes(builds: readonly Build[], events: readonly LogEvent[]): readonly Build[] {
  const drvs = events.flatMap((event) => (event.kind === 'planned' ? event.paths : [])).map(derivationOfPath);
  return builds.map((build) => {
    const drv = drvs.find((one) => one?.name === build.name);
    return drv == null ? build : { ...build, phase: null, drvHash: drv.hash };
  });
}

const bare = busy.builds.map((build) => ({ ...build, phase: null }));
const building = eventsUpTo('nixos-rebuild/flake-switch-json', nth('phase', 3));
const durations = [
  ['firefox', 2_400, 2_700, 2_900],
  ['llvm', 1_500, 1_580, 1_700],
  ['webkitgtk', 1_800, 1_900],
  ['nixos-system-fx', 4, 6],
].map(([name, ...seconds]) => ({
  name: String(name),
  hosts: [{ host: '', seconds: seconds.map(Number) }],
}));
const buildingStream: StreamSoFar = {
  events: building,
  origin: byRoot,
  lengthSec: 2_810,
  quietSec: 250,
  durations,
};

const failed = (name: string, lengthSec: number, quietSec: number): StreamSoFar => ({
  events: eventsUpTo(name, null),
  origin: command(900_000, 'nix-build', 'bad.nix', '-A', name.replace(/^.*-/, '')),
  lengthSec,
  quietSec,
});

const machine: Model = { ...busy, builds: withHashes(bare, building) };

const lockwait = eventsUpTo('nix-2.34/nixbuild-lockwait', isWait);
const waited = lockwait.flatMap((event) =>
  event.kind === 'start' && event.activity.type === 'wait' && event.activity.for.kind === 'output-lock'
    ? event.activity.for.paths
    : [],
);

/** The kernel names the holder of the lock that the stream names. */
function withLock(client: Client): Client {
  const [path] = waited;
  if (client !== waiting || path === undefined) return client;
  return { ...client, waitsFor: { path: `${path}.lock`, holderPid: 900, holder: rebuild.command } };
}

/** One that builds, one that fetches, one that waits for a lock, and what failed before. */
export const followed: Model = following(
  { ...machine, clients: machine.clients.map(withLock) },
  buildingStream,
  {
    events: eventsUpTo('nix-2.8/nixstore-realise-http', nth('progress', 24)),
    origin: command(evaluating.pid, 'home-manager', 'switch'),
    lengthSec: 9,
  },
  {
    events: lockwait,
    origin: command(waiting.pid, 'nix', 'build', '.#firefox'),
    lengthSec: 312,
    quietSec: 192,
  },
  failed('nix-2.34/nixbuild-fail', 900, 760),
  failed('nix-2.34/nixbuild-fail-hash', 640, 611),
  failed('nix-2.8/nixbuild-timeout', 500, 420),
  failed('nix-2.34/nixbuild-evalerror', 60, 52),
);

/** One rebuild, in which a build has failed while others go on; the cursor of nobody. */
const failing = eventsUpTo(
  'nixos-rebuild/flake-fail-keepgoing-json',
  (event) => event.kind === 'message' && event.severity === 'error',
);
const webkit = buildOf({ pid: 2002, name: 'webkitgtk-2.46.0', user: 'nixbld4', uid: 30_004, ageSec: 2510 });
export const oneFollowed: Model = following(
  {
    ...machine,
    clients: [rebuild],
    transfers: [],
    builds: withHashes(
      [...bare.filter(({ name }) => name === 'chromium-unwrapped-129.0.6668.89'), webkit],
      failing,
    ),
  },
  {
    events: failing,
    origin: byRoot,
    lengthSec: 2_810,
    quietSec: 31,
  },
);

/** Before there is a plan. */
export const followedEvaluation: Model = following(
  { ...calm, builds: [], clients: [{ ...rebuild, phase: 'evaluating', builds: 0 }] },
  {
    events: eventsUpTo('nixos-rebuild/flake-switch-json', nth('evaluated', 2)),
    origin: byRoot,
    lengthSec: 31,
  },
);

/** The tool's own steps, when all is built. */
export const followedSwitch: Model = following(
  { ...calm, builds: [], clients: [activating] },
  {
    events: eventsUpTo('nixos-rebuild/flake-switch-json', isStep('restarting')),
    origin: command(activating.pid, ...switchWords),
    lengthSec: 340,
    quietSec: 4,
  },
);

/** Without a process table: on a Mac, or of another machine. */
export const followedAlone: Model = following(
  { ...calm, builds: [], clients: [], workers: [] },
  { ...buildingStream, origin: { kind: 'stdin' } },
);

/** The details of one build by its log. */
export const followedPhases: Model = following(
  {
    ...machine,
    clients: [rebuild],
    builds: withHashes(
      [{ ...firefox, name: 'hello-2.12.1', phase: null }],
      eventsUpTo('nix-2.34/nixbuild-phases', null),
    ),
  },
  {
    events: eventsUpTo('nix-2.34/nixbuild-phases', nth('lines', 8)),
    origin: byRoot,
    lengthSec: 2_800,
    quietSec: 260,
  },
);
