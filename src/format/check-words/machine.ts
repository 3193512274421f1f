/** The machine in words: memory, the daemon, the store's state, what else runs, disks. */
import { bytesText } from '../../base/bytes.ts';
import { listText, plural } from '../../base/plural.ts';
import type { MachineFound } from '../../model/advice/checked-rebuild.ts';
import type { WordsOf } from '../check-item-words.ts';
import { foundText } from '../findings.ts';

export const machineWords: WordsOf<MachineFound> = {
  memory: {
    title: 'memory',
    text: (found) => {
      const { availableBytes, swapFreeBytes, limit, evaluationBytes, largeBuilds, buildBytes, oomKills } =
        found;
      const swap =
        swapFreeBytes === null
          ? ''
          : swapFreeBytes === 0
            ? ', no swap'
            : ` and ${bytesText(swapFreeBytes)} of swap`;
      const own =
        limit === null
          ? ''
          : `, of which this session may have ${bytesText(limit.limitBytes)} (${limit.cgroup})`;
      const evaluation =
        evaluationBytes === null ? '' : `; the evaluation took ${bytesText(evaluationBytes)}`;
      const builds =
        largeBuilds === 0 || buildBytes === null
          ? ''
          : `; ${plural(largeBuilds, 'large build')} may take ${bytesText(buildBytes)}`;
      const killed =
        oomKills === null || oomKills === 0
          ? ''
          : `; ${plural(oomKills, 'process was', 'processes were')} killed for want of it since boot`;
      return `${bytesText(availableBytes)} available${swap}${own}${evaluation}${builds}${killed}`;
    },
    remedies: ({ limit, swapFreeBytes }) => [
      {
        kind: 'nix',
        lines: ['nix.settings.max-jobs = 1;', 'nix.settings.cores = 2;'],
        title: 'build less at once',
        risk: null,
      },
      ...(swapFreeBytes === 0
        ? ([
            {
              kind: 'nix',
              lines: ['zramSwap.enable = true;'],
              title: 'have swap in compressed memory',
              risk: null,
            },
          ] as const)
        : []),
      ...(limit === null
        ? []
        : ([
            {
              kind: 'advice',
              title: `run it where the limit of ${limit.cgroup} does not hold`,
              risk: null,
            },
          ] as const)),
    ],
  },
  daemon: {
    title: 'nix-daemon',
    text: ({ said }) => (said === null ? 'answers' : `does not answer: ${said}`),
    remedies: () => [
      {
        kind: 'command',
        command: 'systemctl restart nix-daemon.socket nix-daemon.service',
        root: true,
        title: 'start it',
        risk: 'builds that run are ended',
      },
    ],
  },
  'store-writable': {
    title: 'store takes writes',
    text: ({ readOnly }) =>
      readOnly
        ? 'its file system is read-only: nothing can be built or fetched'
        : 'its file system is writable',
    remedies: () => [
      {
        kind: 'command',
        command: 'dmesg --level emerg,alert,crit,err | tail -30',
        root: true,
        title: 'see whether errors of the disk made it so: then save what counts first',
        risk: null,
      },
    ],
  },
  database: {
    title: 'database of the store',
    text: ({ bytes, sqlite }) => {
      if (bytes === 0) return 'it is empty: nothing of the store is known to Nix';
      if (sqlite === false) return 'it is no database of SQLite any more';
      return sqlite === null
        ? `${bytesText(bytes)}, not readable`
        : `${bytesText(bytes)}, and begins as it should`;
    },
    remedies: () => [
      {
        kind: 'command',
        command: 'nixpulse diagnose --probe database',
        root: true,
        title: 'let SQLite check a copy of it',
        risk: null,
      },
      {
        kind: 'advice',
        title: 'put a copy of /nix/var/nix/db back; a store without it is made anew',
        risk: null,
      },
    ],
  },
  running: {
    title: 'other rebuilds',
    text: ({ others }) =>
      others.length === 0
        ? 'none runs'
        : listText(
            others.map(
              ({ command, pid, switches }) =>
                `${command} (pid ${pid})${switches ? ' puts a configuration in force' : ''}`,
            ),
          ),
    remedies: ({ others }) => [
      {
        kind: 'advice',
        title: others.some(({ switches }) => switches)
          ? 'wait for its end: a second switch waits for its lock without a word, or is refused'
          : 'wait for its end: two share memory, disk and build users',
        risk: null,
      },
    ],
  },
  'switch-unit': {
    title: 'unit of the switch',
    text: ({ units }) =>
      units.length === 0
        ? 'nothing is left of an earlier switch'
        : `${listText(units)} of an earlier switch is still there`,
    remedies: ({ units }) => [
      {
        kind: 'command',
        command: `systemctl reset-failed ${units.join(' ')}`,
        root: true,
        title: 'forget it, where it has failed',
        risk: null,
      },
      { kind: 'advice', title: 'wait for its end, where it still runs', risk: null },
    ],
  },
  disks: {
    title: 'disks',
    text: ({ found }) =>
      found.length === 0 ? 'no errors, nothing stalled' : listText(found.map(foundText), 3),
    remedies: () => [
      {
        kind: 'command',
        command: 'nixpulse diagnose --probe',
        root: true,
        title: 'let tests settle what it is',
        risk: null,
      },
    ],
  },
};
