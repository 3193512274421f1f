/**
 * Another nixpulse, as far as actions go, as whoever starts it: performs one Intent, prints its Outcome, and
 * stays until it is killed where asked to: `node actor.ts STATE_DIRECTORY INTENT_AS_JSON [stay]`.
 */
import type { Action, ActionContext } from '../../src/actions/action.ts';
import { actions } from '../../src/actions/registry.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createNative } from '../../src/platform/native.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import type { Ports } from '../../src/platform/ports.ts';
import { createPriorities } from '../../src/platform/priorities.ts';
import { createSignals } from '../../src/platform/signals.ts';
import { systemSpawn } from '../../src/platform/spawn.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';

const [stateDirectory = '', intent = '', stay] = process.argv.slice(2);
const files = createFiles({ clock: systemClock });
const native = createNative();
const ports: Ports = {
  files,
  clock: systemClock,
  spawn: systemSpawn,
  signals: createSignals({ files, pid: native.pid }),
  priorities: createPriorities({ files, clock: systemClock, pid: native.pid }),
  ownFiles: createOwnFiles({ clock: systemClock }),
  native,
};
await ports.signals.rehearse();
const { buildTree, readNow, settled } = createForestSources(ports);
// Twice: who the build users are comes back after the first look, command lines after the second.
for (let look = 0; look < 2; look += 1) {
  buildTree.sample();
  await settled();
}
const context: ActionContext = {
  ports,
  readForest: readNow,
  stateDirectory,
  report: () => {},
  cancelled: new AbortController().signal,
};
const parsed: Intent = JSON.parse(intent);
if (parsed.type === 'recover') throw new Error('its steps are tested where they are');
const act = actions[parsed.type] as Action<Intent['type']>;
console.log(JSON.stringify(await act(parsed, context)));
if (stay === undefined) process.exit(0);
setInterval(() => {}, 60_000);
