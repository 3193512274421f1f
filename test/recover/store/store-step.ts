/** What a step on the store is given: files, notes, and answers of the program that a test makes up. */
import type { Outcome } from '../../../src/model/intents/outcome.ts';
import type { Model } from '../../../src/model/model.ts';
import type { StoreVerification } from '../../../src/model/nix-store/store-check.ts';
import type { DatabaseOrder, DatabaseReports } from '../../../src/model/recover/store-database.ts';
import type { Plan, RecoverContext } from '../../../src/recover/step.ts';
import { storeProcedure } from '../../../src/recover/store.ts';
import { noWishes } from '../../support/recover-context.ts';
import {
  createStoreWorld,
  type PathHealth,
  type StoreWorld,
  stateDirectory,
} from '../../support/store-world.ts';

export const database = '/nix/var/nix/db/db.sqlite';
export const copied = `${stateDirectory}/recover/copy.sqlite`;

export interface StoreSteps {
  readonly world: StoreWorld;
  readonly context: RecoverContext;
  readonly notes: Map<string, string>;
  /** What the program was asked. */
  readonly orders: DatabaseOrder[];
  /** What it answers; a text: that it failed so. */
  readonly answers: { [D in DatabaseOrder['do']]?: DatabaseReports[D] | string };
  /** Whether somebody has the store open. */
  held: boolean;
  plan(step: string): Promise<Plan>;
  act(step: string): Promise<Outcome>;
  kept(verification: Partial<StoreVerification>): void;
}

export interface Made {
  readonly health?: Readonly<Record<string, PathHealth>>;
  readonly uid?: number;
  readonly live?: boolean;
  readonly running?: Pick<Model, 'clients' | 'builds'>;
  readonly output?: string;
}

export function storeSteps({ health = {}, uid = 0, live = true, running, output }: Made = {}): StoreSteps {
  const world = createStoreWorld(health, { uid, live });
  const notes = new Map<string, string>();
  const { files, ownFiles } = world.ports;
  files.setOwner(database, { bytes: 5 << 20 });
  files.setSpace('/', { totalBytes: 1e12, availableBytes: 1e11, inodes: 1e6, freeInodes: 1e6 });
  for (const place of ['/nix/var/nix/db', stateDirectory])
    files.setSpace(place, { totalBytes: 1e12, availableBytes: 1e11, inodes: 1e6, freeInodes: 1e6 });
  const steps: StoreSteps = {
    ...{ world, notes, orders: [], held: false, answers: { lost: { referrers: [], roots: [] } } },
    context: {
      ...world.context,
      notes: {
        get: (name) => notes.get(name) ?? null,
        set: async (name, value) => void notes.set(name, value),
      },
      wishes: { ...noWishes, output: output ?? null },
      environment: {},
      look: async () => (running ?? { clients: [], builds: [] }) as Model,
    },
    plan: (id) => stepOf(id).plan(steps.context),
    act: (id) => stepOf(id).act?.(steps.context) ?? Promise.reject(new Error(`${id} does nothing`)),
    kept(verification) {
      const whole: StoreVerification = {
        ...{ version: 1, time: new Date(0).toISOString(), status: 'done', durationMs: 1, paths: 2 },
        ...{ expectedPaths: 2, bytes: 3, corrupt: [], missing: [], unreadable: [] },
        ...verification,
      };
      ownFiles.texts.set(`${stateDirectory}/verify.json`, JSON.stringify(whole));
    },
  };
  const usual = world.ports.spawn.onStream;
  world.ports.spawn.onStream = (file, args) => {
    const last = args.at(-1) ?? '';
    if (last === 'true' && args.includes('flock')) return { exitCode: steps.held ? 75 : 0 };
    if (!last.startsWith('{')) return usual(file, args);
    const order: DatabaseOrder = JSON.parse(last);
    steps.orders.push(order);
    if (steps.held && args.includes('--exclusive')) return { exitCode: 75 };
    const answer = steps.answers[order.do];
    if (typeof answer === 'string') return { lines: [JSON.stringify({ failed: answer })], exitCode: 1 };
    if (answer === undefined) return { lines: ['2>Segmentation fault'], exitCode: null, signal: 'SIGSEGV' };
    return { lines: [JSON.stringify({ progress: 'half' }), JSON.stringify({ done: answer })] };
  };
  return steps;
}

function stepOf(id: string) {
  const found = storeProcedure.steps.find((step) => step.id === id);
  if (found === undefined) throw new Error(`no step ${id}`);
  return found;
}
