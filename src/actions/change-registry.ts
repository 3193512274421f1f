/**
 * What we changed of builds, kept in a file so that it survives us: undone when we leave, by whoever starts next where we
 * could not. Of an earlier boot nothing counts, so that it lies in memory as well as on a disk.
 */
import { type ProcessIdentity, sameProcess } from '../base/identity.ts';
import { ok, type Result } from '../base/problem.ts';
import { isSame } from '../base/same.ts';
import type { ChangeFile, RecordedChange } from '../parse/change-file.ts';
import type { OwnFiles, Ports } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';
import { startTimeOf } from './start-time.ts';

export type RegistryContext = Pick<ActionContext, 'ports' | 'stateDirectory' | 'registries' | 'lasting'>;

export interface ChangeRegistry<Row extends RecordedChange> {
  /** Everything recorded in this boot, by whomever; a file that is not ours to understand is empty. */
  load(context: RegistryContext): Promise<readonly Row[]>;
  /**
   * Adds or replaces by root. `finished`: until then what is to last does not, should we die in the middle of it. Full
   * disks, those that hang: the caller says that it is not recorded.
   */
  remember(
    rows: readonly Omit<Row, 'by' | 'lasting'>[],
    context: RegistryContext,
    finished?: boolean,
  ): Promise<Result<void>>;
  forget(roots: readonly ProcessIdentity[], context: RegistryContext): Promise<Result<void>>;
}

type Change<Row> = (before: readonly Row[]) => readonly Row[];

/** Another nixpulse may write at the same time: looked at again, and done again where ours was lost. */
const tries = 3;

export function createChangeRegistry<Row extends RecordedChange>(
  fileName: string,
  parse: (text: string) => ChangeFile<Row> | null,
): ChangeRegistry<Row> {
  /** What no disk has taken is known to this process at least. */
  const unwritten = new WeakMap<OwnFiles, readonly Row[]>();
  /** By directory: one whose disk does not answer keeps no other waiting. */
  const turns = new Map<string, Promise<unknown>>();

  /** In the order of `registries`; of the same build the first counts. */
  async function load(context: RegistryContext): Promise<readonly Row[]> {
    const all = await Promise.all(directoriesOf(context).map((directory) => read(directory, context)));
    const known = unwritten.get(context.ports.ownFiles) ?? [];
    return [...all.toReversed(), known].reduce(
      (before, rows) => [...without(before, rows.map(rootOf)), ...rows],
      [],
    );
  }

  async function read(directory: string, context: RegistryContext): Promise<readonly Row[]> {
    const { ownFiles, files, native } = context.ports;
    // What leads to signals is believed of ourselves and of root: the home of root under sudo(8) may be another user's.
    const text = await ownFiles.read(`${directory}/${fileName}`, { trustedBy: native.uid });
    const file = text.ok ? parse(text.value) : null;
    return file !== null && file.bootId === bootId(files) ? file.builds : [];
  }

  /** One after the other: two changes at once would lose one. */
  function rewrite(directory: string, context: RegistryContext, change: Change<Row>): Promise<Result<void>> {
    const before = turns.get(directory) ?? Promise.resolve();
    const mine = before.then(() => write(directory, context, change));
    turns.set(
      directory,
      mine.catch(() => {}),
    );
    return mine;
  }

  async function write(
    directory: string,
    context: RegistryContext,
    change: Change<Row>,
  ): Promise<Result<void>> {
    const { ownFiles, files } = context.ports;
    const path = `${directory}/${fileName}`;
    const options = { synced: false, ...(directory !== context.stateDirectory && { shared: true }) };
    let before = await read(directory, context);
    for (let left = tries; left > 0; left -= 1) {
      const builds = change(before);
      if (sameRows(before, builds)) break;
      const text = `${JSON.stringify({ version: 1, bootId: bootId(files), builds })}\n`;
      const written =
        builds.length > 0 ? await ownFiles.replace(path, text, options) : await ownFiles.remove(path);
      if (!written.ok) return written;
      before = await read(directory, context);
    }
    return ok(undefined);
  }

  return {
    load,
    async remember(rows, context, finished = false) {
      const { ports } = context;
      const lasting = finished && context.lasting === true;
      const by = { pid: ports.native.pid, startTime: startTimeOf(ports.native.pid, ports.files) ?? 0 };
      const added = rows.map((row) => ({ ...row, by, lasting }) as unknown as Row);
      const roots = added.map(rootOf);
      const [first = context.stateDirectory] = directoriesOf(context);
      const result = await rewrite(first, context, (before) => [...without(before, roots), ...added]);
      const others = without(unwritten.get(ports.ownFiles) ?? [], roots);
      unwritten.set(ports.ownFiles, result.ok ? others : [...others, ...added]);
      return result;
    },
    async forget(roots, context) {
      const { ownFiles } = context.ports;
      unwritten.set(ownFiles, without(unwritten.get(ownFiles) ?? [], roots));
      const results = await Promise.all(
        directoriesOf(context).map((one) => rewrite(one, context, (before) => without(before, roots))),
      );
      return results.find(({ ok: done }) => !done) ?? ok(undefined);
    },
  };
}

function directoriesOf({ registries, stateDirectory }: RegistryContext): readonly string[] {
  return registries ?? [stateDirectory];
}

/** Recorded by a nixpulse that is no more. */
export function leftBehind<Row extends RecordedChange>(
  rows: readonly Row[],
  files: Ports['files'],
): readonly Row[] {
  return rows.filter(({ by }) => startTimeOf(by.pid, files) !== by.startTime);
}

/** By this very process. */
export function ownOf<Row extends RecordedChange>(
  rows: readonly Row[],
  { native, files }: Pick<Ports, 'native' | 'files'>,
): readonly Row[] {
  return rows.filter(({ by }) => by.pid === native.pid && startTimeOf(by.pid, files) === by.startTime);
}

function rootOf({ target }: RecordedChange): ProcessIdentity {
  return target.root;
}

function without<Row extends RecordedChange>(
  rows: readonly Row[],
  roots: readonly ProcessIdentity[],
): readonly Row[] {
  return rows.filter(({ target }) => !roots.some((root) => sameProcess(root, target.root)));
}

/** Whatever their order. */
function sameRows<Row extends RecordedChange>(some: readonly Row[], others: readonly Row[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ target, ...row }) =>
      others.some(
        (one) => sameProcess(one.target.root, target.root) && isSame({ ...one, target }, { ...row, target }),
      ),
    )
  );
}

function bootId(files: Ports['files']): string {
  const text = files.read('/proc/sys/kernel/random/boot_id');
  return text.ok ? text.value.trim() : '';
}
