/** Sources that are programs: each bounded in time and bytes, none of which loads a module, starts a service or waits for the store. */
import { isFields, parseJsonObject } from '../base/fields.ts';
import { fail, ok } from '../base/problem.ts';
import type { Right } from '../platform/ports.ts';
import type { GatherContext, SourceRow } from './source.ts';

type Command = readonly [string, ...string[]];

/** Whatever nix.conf says, `nix` has its commands, and asks nobody for anything. */
export function withFeatures(nix: 'nix', ...words: readonly string[]): Command {
  return [nix, '--extra-experimental-features', 'nix-command flakes', '--offline', ...words];
}

/** Never translated, coloured or paged; what could ask for a password cannot. */
export const plainEnvironment = {
  LC_ALL: 'C',
  PAGER: 'cat',
  SYSTEMD_PAGER: 'cat',
  SYSTEMD_COLORS: '0',
  SYSTEMD_URLIFY: '0',
  NO_COLOR: '1',
  TERM: 'dumb',
} as const;

interface CommandRow {
  readonly id: string;
  readonly what: string;
  readonly command: Command;
  readonly timeMs?: number;
  readonly mostBytes?: number;
  readonly needs?: Right;
  readonly redaction?: SourceRow['redaction'];
  /** For an older version, which does not know the first. */
  readonly otherwise?: Command;
  /** What is kept of its output. */
  readonly shape?: (text: string) => string;
  /** Package that has it. */
  readonly from?: string;
}

const kiB = 1024;
/** A quarter of an hour more than what is recorded. */
const since = '--since=-45min';
const journal = ['journalctl', '--no-pager', '-q', '-o', 'short-iso-precise', '-a'] as const;

const rows: readonly CommandRow[] = [
  { id: 'nix-version', what: 'version of Nix, Lix or Determinate Nix', command: ['nix', '--version'] },
  { id: 'nix-daemon-version', what: 'version of nix-daemon', command: ['nix-daemon', '--version'] },
  {
    id: 'nix-config',
    what: 'every setting of Nix with its value and default',
    command: withFeatures('nix', 'config', 'show', '--json'),
    // Before 2.20.
    otherwise: withFeatures('nix', 'show-config', '--json'),
    mostBytes: 512 * kiB,
    redaction: 'json',
    shape: settingsOnly,
  },
  {
    id: 'nix-store-info',
    what: 'whether the store answers, its version, whether it trusts us',
    command: withFeatures('nix', 'store', 'info', '--json'),
    // Before 2.19, and before 2.14 without `--json`.
    otherwise: withFeatures('nix', 'store', 'ping'),
  },
  {
    id: 'units-failed',
    what: 'failed units',
    command: ['systemctl', 'list-units', '--failed', '--no-pager', '--plain'],
  },
  {
    id: 'jobs',
    what: 'jobs of systemd that wait',
    command: ['systemctl', 'list-jobs', '--after', '--no-pager'],
  },
  {
    id: 'unit-daemon',
    what: 'state, limits and settings of nix-daemon.service',
    command: ['systemctl', 'show', '--no-pager', 'nix-daemon.service', 'nix-daemon.socket'],
  },
  {
    id: 'unit-status',
    what: 'status of the daemon and of a running switch',
    command: [
      'systemctl',
      'status',
      '--no-pager',
      '-l',
      '-n',
      '50',
      'nix-daemon.service',
      'nix-daemon.socket',
      'nixos-rebuild-switch-to-configuration.service',
    ],
  },
  {
    id: 'units',
    what: 'all units and their states',
    command: ['systemctl', 'list-units', '--all', '--no-pager', '--plain'],
    mostBytes: 512 * kiB,
  },
  { id: 'timers', what: 'timers', command: ['systemctl', 'list-timers', '--all', '--no-pager'] },
  {
    id: 'inhibitors',
    what: 'who holds shutdown or sleep up',
    command: ['systemd-inhibit', '--list', '--no-pager'],
  },
  {
    id: 'journal-nix',
    what: 'journal of Nix and of switches, 45 minutes',
    command: [
      ...journal,
      since,
      '-n',
      '3000',
      '-u',
      'nix-daemon',
      '-u',
      'nixos-rebuild-switch-to-configuration*',
      '-u',
      'nixos-upgrade',
      '-u',
      'nix-gc',
      '-u',
      'nixpulse*',
    ],
    mostBytes: 1024 * kiB,
    needs: 'administer',
  },
  {
    id: 'journal-kernel',
    what: 'journal of the kernel, 45 minutes',
    command: [...journal, since, '-n', '3000', '-k'],
    mostBytes: 1024 * kiB,
    needs: 'administer',
  },
  {
    id: 'journal-errors',
    what: 'errors of all units since boot',
    command: [...journal, '-b', '-p', 'err', '-n', '1000'],
    mostBytes: 512 * kiB,
    needs: 'administer',
  },
  {
    id: 'journal-before',
    what: 'the end of the boot before this one: how it went down',
    command: [...journal, '-b', '-1', '-n', '300'],
    mostBytes: 512 * kiB,
    needs: 'administer',
  },
  {
    id: 'boots',
    what: 'boots that the journal knows',
    command: ['journalctl', '--no-pager', '-q', '--list-boots'],
    mostBytes: 64 * kiB,
  },
  {
    id: 'dmesg',
    what: 'messages of the kernel',
    command: ['dmesg', '--time-format', 'iso'],
    mostBytes: 1024 * kiB,
    needs: 'administer',
  },
  {
    id: 'coredumps',
    what: 'programs that crashed; never what was in their memory',
    command: ['coredumpctl', 'list', '--no-pager', '-q', '--since=-7d'],
  },
  {
    id: 'lsblk',
    what: 'block devices and what is on them',
    command: [
      'lsblk',
      '-o',
      'NAME,KNAME,TYPE,SIZE,RO,ROTA,MODEL,FSTYPE,FSAVAIL,FSUSE%,MOUNTPOINTS,SCHED,DISC-GRAN',
    ],
  },
  {
    id: 'oom-policy',
    what: 'who kills for want of memory',
    command: ['systemctl', 'status', '--no-pager', '-n', '20', 'systemd-oomd', 'earlyoom', 'nohang'],
  },
  {
    id: 'boot-entries',
    what: 'entries of the boot loader',
    command: ['bootctl', 'list', '--no-pager', '--json=short'],
    needs: 'administer',
    redaction: 'json',
  },
  {
    id: 'lvm',
    what: 'volumes of LVM and the devices they lie on',
    command: ['lvs', '-a', '-o', '+devices,seg_pe_ranges,lv_health_status', '--nolocking', '--readonly'],
    needs: 'administer',
  },
];

export const commandSources: readonly SourceRow[] = rows.map(rowOf);

function rowOf({
  id,
  what,
  command,
  timeMs = 8000,
  mostBytes = 128 * kiB,
  needs,
  redaction = 'text',
  otherwise,
  shape,
  from,
}: CommandRow): SourceRow {
  const shown = command.map((word) => (word.includes(' ') ? `'${word}'` : word)).join(' ');
  return {
    ...{ id, what, from: shown, stage: 'programs', timeMs, mostBytes, redaction },
    ...(needs && { needs }),
    gather: (context) =>
      runInto(context, `programs/${id}.${redaction === 'json' ? 'json' : 'txt'}`, command, {
        ...{ from, shape, otherwise },
      }),
  };
}

/** `nix show-config --json` has the manual in it: 40 kB of 42. */
export function settingsOnly(text: string): string {
  const settings = parseJsonObject(text);
  if (settings === null) return text;
  const rows = Object.entries(settings).map(([name, row]) => {
    if (!isFields(row)) return [name, row];
    const { value, defaultValue } = row;
    const isUsual = JSON.stringify(value) === JSON.stringify(defaultValue);
    return [name, isUsual ? { value } : { value, defaultValue }];
  });
  return JSON.stringify(Object.fromEntries(rows));
}

/** One program, its output one piece. An exit code is no failure: `systemctl status` of a dead unit says 3. */
export async function runInto(
  context: GatherContext,
  name: string,
  first: Command,
  {
    from,
    otherwise,
    shape = (text) => text,
  }: { readonly [Name in 'from' | 'otherwise' | 'shape']?: CommandRow[Name] | undefined } = {},
) {
  const { programs, emit, miss, timeMs, mostBytes } = context;
  const bounds = { timeMs, mostBytes, environment: plainEnvironment };
  let command = first;
  let run = await programs.run(command, bounds);
  const isUnknown = run.ok && run.value.exitCode !== 0 && run.value.stdout === '' && run.value.late === null;
  if (otherwise !== undefined && isUnknown) {
    command = otherwise;
    run = await programs.run(command, bounds);
  }
  const shown = command.join(' ');
  if (!run.ok) {
    if (run.problem.kind !== 'gone') return run;
    return fail(
      'unsupported',
      command[0],
      from === undefined ? 'not installed' : `not installed: nix shell nixpkgs#${from}`,
    );
  }
  const { stdout, stderr, exitCode, signal, cut, late } = run.value;
  const why = cut ? `the first ${mostBytes} bytes` : late === null ? null : `not ended after ${timeMs} ms`;
  const isJson = name.endsWith('.json');
  if (stdout !== '') emit({ name, body: isJson ? shape(stdout) : `$ ${shown}\n${stdout}`, cut: why });
  const isFailure = exitCode !== 0 || signal !== null;
  if (stderr.trim() !== '' && (isFailure || stdout === ''))
    emit({
      name: `${name.replace(/\.\w+$/, '')}.errors.txt`,
      body: `$ ${shown}\n${stderr}`,
      redaction: 'text',
    });
  if (late !== null) {
    const cause = late === 'left' ? 'it could not be killed either, and was left' : 'it was killed';
    const problem = { kind: 'timeout', where: shown, cause } as const;
    if (stdout === '') return { ok: false, problem } as const;
    miss(problem);
  }
  if (stdout === '' && isFailure) {
    const [said] = stderr.trim().split('\n');
    return fail(isDenied(stderr) ? 'denied' : 'malformed', shown, said || `ended with ${exitCode ?? signal}`);
  }
  return ok(undefined);
}

function isDenied(text: string): boolean {
  return /permission denied|not permitted|must be root|superuser|access denied/i.test(text);
}
