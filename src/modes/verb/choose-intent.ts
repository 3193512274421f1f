/** From the words of a command to the Intent they mean on this machine, or why there is none. */
import { listText } from '../../base/plural.ts';
import type { Invocation, VerbId } from '../../cli/table.ts';
import { cancelIntent } from '../../commands/targets.ts';
import { buildName } from '../../format/words.ts';
import { isActivating } from '../../model/forest/derive-activation.ts';
import { type Intent, targetOf, wordToCancel } from '../../model/intents/intent.ts';
import {
  type Cancelled,
  type Resolved,
  resolveBuild,
  resolveClient,
} from '../../model/intents/resolve-target.ts';
import type { Build, Client, Model } from '../../model/model.ts';
import { previousGeneration } from '../../model/nix-store/generations.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import { profileAt } from '../../nix-store/profiles.ts';
import type { ActionDeps } from '../../perform/action-deps.ts';

export type Chosen =
  /** `word`: what has to be typed; null = y. */
  | { readonly kind: 'intent'; readonly intent: Intent; readonly word: string | null }
  | { readonly kind: 'refused'; readonly message: string; readonly exitCode: 1 | 2 | 3 };

export interface Wish {
  readonly command: VerbId;
  readonly invocation: Invocation;
  readonly deps: ActionDeps;
  readonly model: Model;
}

export async function chooseIntent(wish: Wish): Promise<Chosen> {
  const { command, invocation, model } = wish;
  const word = invocation.operand ?? '';
  switch (command) {
    case 'kill':
      return ofBuild(word, wish, (build) => ({ type: 'kill', targets: [targetOf(build)], reason: null }));
    case 'pause':
      return ofBuild(word, wish, (build) => ({ type: 'pause', targets: [targetOf(build)] }));
    case 'resume':
      return ofBuild(word, wish, (build) => ({ type: 'resume', targets: [targetOf(build)] }));
    case 'lower':
      return ofBuild(word, wish, (build) => ({ type: 'lower', targets: [targetOf(build)] }));
    case 'restore':
      return ofBuild(word, wish, (build) => ({ type: 'restore', targets: [targetOf(build)] }));
    case 'limit': {
      const { memoryHigh, ioWeight } = invocation;
      return ofBuild(word, wish, (build) => ({
        ...{ type: 'limit', targets: [targetOf(build)] },
        ...(memoryHigh === null ? {} : { memoryHighBytes: memoryHigh }),
        ...(ioWeight === null ? {} : { ioWeight }),
      }));
    }
    case 'cancel':
      return invocation.all ? cancelAll(model) : cancelOne(word, wish);
    case 'verify':
      return intentOf({ type: 'verify' });
    case 'rollback':
      return rollback(wish);
  }
}

function intentOf(intent: Intent, word: string | null = null): Chosen {
  return { kind: 'intent', intent, word };
}

function refused(message: string, exitCode: 1 | 2 | 3 = 1): Chosen {
  return { kind: 'refused', message, exitCode };
}

function ofBuild(word: string, wish: Wish, make: (build: Build) => Intent): Chosen {
  const { model } = wish;
  const found = resolveBuild(word, model);
  if (found.kind === 'one') {
    const { host } = found.value;
    if (host !== null) return refused(`'${word}' runs on another machine: cancel its client`);
    return isOthers(found.value, wish) ? notPermitted(word, wish) : intentOf(make(found.value));
  }
  return unresolved(word, found, model, buildWords);
}

/** Known before anybody is asked; the action checks it once more. */
function isOthers({ uid }: Pick<Build | Client, 'uid'>, { deps }: Wish): boolean {
  const { native } = deps.ports;
  return !native.may('signal-all') && uid !== native.uid;
}

function notPermitted(word: string, { command }: Wish): Chosen {
  return refused(`'${word}' is not yours, and this needs root: sudo nixpulse ${command} ${word}`, 3);
}

function cancelOne(word: string, wish: Wish): Chosen {
  const { model } = wish;
  const found = resolveClient(word, model);
  if (found.kind !== 'one') return unresolved(word, found, model, cancelledWords);
  const { client, orphan } = found.value;
  if (isOthers(client ?? orphan ?? { uid: null }, wish)) return notPermitted(word, wish);
  return intentOf(
    cancelIntent({
      clients: client === null ? [] : [client],
      orphans: orphan === null ? [] : [orphan],
    }),
    client === null ? null : wordToCancel([client]),
  );
}

function cancelAll({ clients, builds }: Model): Chosen {
  if (clients.length + builds.length === 0) return refused('nothing of Nix runs here');
  const spared = clients.filter(isActivating);
  const [first] = spared;
  if (first !== undefined && spared.length === clients.length && builds.length === 0) {
    return refused(`${first.command} activates a configuration; to stop that: nixpulse cancel ${first.pid}`);
  }
  return intentOf(
    cancelIntent({ clients: clients.filter((one) => !spared.includes(one)), orphans: [] }, true),
  );
}

function unresolved<T>(
  word: string,
  found: Exclude<Resolved<T>, { kind: 'one' }>,
  { builds }: Model,
  words: (one: T) => string,
): Chosen {
  if (found.kind === 'many') {
    return refused(`'${word}' is ambiguous: ${found.candidates.map(words).join(', ')}`, 2);
  }
  const there = builds.length === 0 ? 'no build runs' : `there are: ${listText(builds.map(buildName), 9)}`;
  return refused(`'${word}' names nothing that runs here; ${there}`);
}

function buildWords(build: Build): string {
  return `${buildName(build)} (${build.user ?? `uid ${build.uid}`}, pid ${build.pid})`;
}

function cancelledWords({ client, orphan }: Cancelled): string {
  return orphan === null ? `${client.command} (pid ${client.pid})` : buildWords(orphan);
}

async function rollback({ invocation, deps }: Wish): Promise<Chosen> {
  const { ports } = deps;
  const { to, boot, profile: path } = invocation;
  const target = await profileAt(ports, path);
  const list = await readGenerations(ports, target);
  if (!list.ok) {
    const { kind, cause } = list.problem;
    return refused(`no generations in ${path}: ${cause ?? kind}`);
  }
  const generation = to ?? previousGeneration(list.value)?.number;
  if (generation === undefined) return refused(`no generation is older than the default of ${path}`);
  const found = list.value.generations.find(({ number }) => number === generation);
  if (found === undefined) {
    const numbers = list.value.generations.map(({ number }) => number).join(', ');
    return refused(`there is no generation ${generation} in ${path}; there are: ${numbers}`, 2);
  }
  const { storePath } = found;
  const intent: Intent = {
    type: 'rollback',
    profile: target,
    generation,
    mode: boot ? 'boot' : 'switch',
    ...(storePath === null ? {} : { storePath }),
  };
  return intentOf(intent, String(generation));
}
