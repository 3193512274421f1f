/** Room of where builds run, and of /tmp. */
import type { CheckItem, CheckState } from '../../model/advice/check.ts';
import type { RebuildFacts } from '../../model/advice/rebuild-facts.ts';
import { buildDirectories, filesystemOf } from '../../model/machine/build-directories.ts';
import type { Filesystem } from '../../model/model.ts';
import { unseen } from '../unseen.ts';
import { largeBuilds, planIn } from './plan.ts';

const MiB = 1024 ** 2;
const leastBuildBytes = 512 * MiB;
const leastBuildInodes = 5000;
const leastTemporaryBytes = 64 * MiB;
const leastTemporaryInodes = 500;

type Facts = Pick<RebuildFacts, 'machine' | 'dryRun' | 'settings'>;

function hasRoom(filesystem: Filesystem): filesystem is Filesystem & { readonly availableBytes: number } {
  return filesystem.availableBytes !== null;
}

/** Each place that local builds may run in. */
export function buildRoom(facts: Facts): readonly CheckItem[] {
  const { machine, settings } = facts;
  const plan = planIn(facts);
  const directories = buildDirectories(machine);
  if (directories.length === 0)
    return [
      unseen('build-directory', null, {
        kind: 'unsupported',
        where: 'the build directory',
        cause: 'the version of Nix is not known, and with it where it builds',
      }),
    ];
  const here = settings.ok ? settings.value.maxJobs !== 0 : true;
  const builds = plan === null ? null : here ? plan.builds.length : 0;
  const large = plan === null || !here ? [] : largeBuilds(plan);
  return directories.map((path): CheckItem => {
    const filesystem = filesystemOf(path, machine.filesystems);
    if (filesystem === null || !hasRoom(filesystem))
      return unseen('build-directory', path, filesystem?.problem ?? { kind: 'timeout', where: path });
    const { mountPoint, type, availableBytes: freeBytes, freeInodes = null } = filesystem;
    return {
      id: 'build-directory',
      subject: path,
      state: buildState({ freeBytes, freeInodes, builds, large }),
      found: {
        kind: 'build-directory',
        ...{ path, mountPoint, type, freeBytes, freeInodes, builds, large: large.slice(0, 3) },
      },
    };
  });
}

function buildState({
  freeBytes,
  freeInodes,
  builds,
  large: [largest],
}: {
  readonly freeBytes: number;
  readonly freeInodes: number | null;
  readonly builds: number | null;
  readonly large: readonly { readonly bytes: number }[];
}): CheckState {
  if (builds === 0) return 'ok';
  if (freeInodes !== null && freeInodes < 100) return 'failed';
  if (freeBytes < 16 * MiB) return 'failed';
  if (largest !== undefined && freeBytes < largest.bytes) return 'warning';
  if (freeInodes !== null && freeInodes < leastBuildInodes) return 'warning';
  return freeBytes < leastBuildBytes ? 'warning' : 'ok';
}

/** nixos-rebuild itself and the boot loader of NixOS write there, wherever builds run. */
export function temporaryRoom({ machine }: Facts): readonly CheckItem[] {
  const filesystem = filesystemOf('/tmp', machine.filesystems);
  if (filesystem === null || !hasRoom(filesystem)) return [];
  const { mountPoint, type, availableBytes: freeBytes, freeInodes = null } = filesystem;
  // One that has been looked at already.
  const others = ['/nix/store', ...buildDirectories(machine)];
  if (others.some((path) => filesystemOf(path, machine.filesystems)?.mountPoint === mountPoint)) return [];
  const none = freeBytes < MiB || (freeInodes !== null && freeInodes < 10);
  const little =
    freeBytes < leastTemporaryBytes || (freeInodes !== null && freeInodes < leastTemporaryInodes);
  return [
    {
      id: 'temporary',
      subject: mountPoint,
      state: none ? 'failed' : little ? 'warning' : 'ok',
      found: { kind: 'temporary', mountPoint, type, freeBytes, freeInodes },
    },
  ];
}
