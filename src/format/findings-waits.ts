/** The words of what was found of those who wait: a row a kind. */
import { bytesText, formatBytes, formatRate } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { formatCount } from '../base/number.ts';
import { listText, plural } from '../base/plural.ts';
import type { CacheTrouble, HookProcess, WaitFound } from '../model/diagnosis/found-wait.ts';
import { clientCommand, shortCommand } from '../model/forest/client-command.ts';
import { nameOfPath } from '../model/nix-store/store-path.ts';
import type { SystemWanted } from '../model/rebuild/failure.ts';
import { hostOf } from './words.ts';

type Words<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: (one: Extract<Kinds, { readonly kind: Kind }>) => string;
};

export const waitWords: Words<WaitFound> = {
  'cache-asked': ({ cache, fault, httpStatus, keys, said }) => {
    const name = hostOf(cache);
    switch (fault) {
      case 'unreachable':
        return `${name}, asked by a probe, does not answer${said === null ? '' : `: ${said}`}`;
      case 'status':
        return `${name}, asked by a probe, answers with status ${httpStatus ?? 'unknown'}`;
      case 'none':
        return `what answers at ${name} is no cache of Nix`;
      case 'untrusted':
        return `Nix here takes nothing from ${name}: ${keys.length === 0 ? 'it signs nothing' : `no key of it is trusted (${listText(keys)})`}`;
    }
  },
  'builder-asked': ({ host, fault, said }) =>
    fault === 'untrusted'
      ? `${hostOf(host)} does not trust us: it takes only what is signed`
      : `${hostOf(host)}, asked by a probe, cannot be connected to${said === null ? '' : `: ${said}`}`,
  'lock-held': ({ path, holder, holderPid, waiting, holderState }) => {
    return `${lockedText(path)}${heldBy(holder, holderPid)}${whichIs(holderState)}; ${waitText(waiting)} for it`;
  },
  'garbage-collection': ({ holder, holderPid, waiting, waiters, trash, freedFiles, filesPerSec }) => {
    const who = holder ?? 'a garbage collection';
    const pid = holderPid === null ? '' : ` (${holderPid})`;
    const does = trash === true ? 'deletes an old trash first' : 'collects garbage';
    const files =
      freedFiles === null || freedFiles <= 0
        ? ''
        : `: about ${formatCount(freedFiles)} files so far${filesPerSec === null ? '' : `, ${formatCount(filesPerSec)}/s`}`;
    const names = waiters.length === 0 ? waitText(waiting) : `${listText(waiters)} ${waitVerb(waiting)}`;
    return `${who}${pid} ${does}${files}; ${names} for it`;
  },
  'upload-lock': ({ host, holder, holderPid, waiting, uploaded }) => {
    const whose = holder === null && holderPid === null ? 'the' : `${holder ?? `process ${holderPid}`}'s`;
    const pid = holder === null || holderPid === null ? '' : ` (${holderPid})`;
    const done = uploaded === true ? ', who has uploaded everything' : '';
    return `${waitText(waiting)} for ${whose} upload lock to ${hostOf(host)}${pid}${done}`;
  },
  'resource-awaited': ({ what, path, waiting }) => {
    const name = {
      'build-user': 'a free build user',
      'store-lock': 'the lock of the store',
      profile: `the lock of profile ${path ?? ''}`.trim(),
      database: `the database ${path ?? ''}`.trim(),
    }[what];
    return `${waitText(waiting)} for ${name}`;
  },
  'cache-trouble': ({ cache, why, httpStatus, lostSec, unanswered, asked, answered, answerSec, open }) => {
    const name = hostOf(cache);
    // What is wrong comes first: a narrow screen shows no more.
    const said = why === null ? ' does not answer' : `: ${troubleWords(why, httpStatus)}`;
    const cost = lostSec >= 1 ? `, ${costText(lostSec)} of this rebuild lost` : '';
    const count =
      asked === 0 ? '' : `, ${unanswered + open} of ${plural(asked, 'question')} without an answer`;
    const others =
      answered === 0 || answerSec === null
        ? ''
        : `, the others in ${answerSec < 1 ? 'less than 1 s' : lengthText(answerSec * 1000)}`;
    return `${name}${said}${cost}${count}${others}`;
  },
  'transfer-stalled': ({ peer, direction, path, bytes, expectedBytes, bytesPerSec, transfers }) => {
    const way = direction === 'fetch' ? `from ${hostOf(peer)}` : `to ${hostOf(peer)}`;
    const what = path === null ? plural(transfers, 'transfer') : nameOfPath(path);
    const more = path === null || transfers <= 1 ? '' : ` and ${transfers - 1} more`;
    const come = `${formatBytes(bytes)}${expectedBytes === null ? '' : ` of ${formatBytes(expectedBytes)}`}`;
    const side = direction === 'send' && bytesPerSec === 0 ? `; ${hostOf(peer)} takes no more` : '';
    return bytesPerSec > 0
      ? `${what}${more} ${way} at no more than ${formatRate(bytesPerSec)}, ${come}`
      : `no byte ${way} of ${what}${more}, ${come}${side}`;
  },
  'source-copied': ({ path, readBytes, moves }) => {
    const read = readBytes === null ? '' : `, ${formatBytes(readBytes)} read`;
    const how = moves === null ? '' : moves ? ', still moving' : ', and nothing moves';
    return `evaluation copies ${sourceName(path)} to the store${read}${how}`;
  },
  'builder-silent': ({ host, builds, build, legacy }) =>
    `${build}${builds > 1 ? ` and ${builds - 1} more` : ''}, remote on ${hostOf(host)}: no bytes from there${
      legacy === true ? ' (over ssh://, whose log may stand for ever)' : ''
    }`,
  'no-machine': ({ required, missing, drv, count, local, machines, kvm }) => {
    const what = drv === null ? plural(count, 'derivation') : nameOfPath(drv.replace(/\.drv$/, ''));
    const more = drv === null || count <= 1 ? '' : ` and ${count - 1} more`;
    const here = local === null ? '' : `; this machine is ${systemText(local)}`;
    const others =
      machines.length === 0 ? '' : `; builders: ${listText(machines.map((one) => systemText(one)))}`;
    const device = missing.includes('kvm') && kvm === false ? '; there is no /dev/kvm' : '';
    const lacks = missing.length === 0 ? systemText(required) : listText(missing);
    return `no machine may build ${what}${more}: ${lacks} ${missing.length > 1 ? 'are' : 'is'} missing${here}${others}${device}`;
  },
  'no-free-machine': ({ waiting, running }) =>
    `${plural(waiting, 'build')} ${waitVerb(waiting)} for a free builder, ${running} run elsewhere`,
  'hook-waits': ({ hook, drv, process, blocks }) => {
    const name =
      hook === null
        ? 'a program that Nix started and that is no build'
        : `post-build-hook${drv === null ? '' : ` of ${nameOfPath(drv.replace(/\.drv$/, ''))}`}`;
    const program = process === null ? '' : `: ${hookText(process)}`;
    return `${name}${program}${blocks === true ? ', blocks everything' : ''}`;
  },
  'switch-waits': ({ pid, tool, unit, older }) => {
    const what = unit === null ? 'the switch before it' : `unit ${unit}`;
    if (older === null) return `${tool} (${pid}) waits for ${what}`;
    const age = older.ageSec === null ? '' : `, ${lengthText(older.ageSec * 1000)} old`;
    const for_ = older.unit === null ? '' : `, waits for ${older.unit}`;
    return `${tool} (${pid}) waits: an older switch (${older.pid}${age}) runs${for_}`;
  },
  'switch-left-over': ({ unit, waiterPid }) =>
    `unit ${unit} is left over and nobody runs in it${waiterPid === null ? '' : `; process ${waiterPid} waits for it`}`,
  'units-failed': ({ units }) =>
    `${listText(units, 3)} ${units.length === 1 ? 'has' : 'have'} failed, as systemd says`,
  'activation-stands': ({ pid, tool, step, child }) =>
    `activation of ${tool} (${pid}) stands${step === null ? '' : ` at ${step}`}${
      child === null ? '' : `: waits for ${child.command} (${child.pid})`
    }`,
  'switch-incomplete': ({ running, bootDefault, failedUnits, restarting, exitCode }) => {
    const really = failedUnits.filter((unit) => !restarting.includes(unit));
    return [
      `switch ended${exitCode === null ? '' : ` with ${exitCode}`}`,
      `running: ${running ?? 'unknown'}`,
      `boot default: ${bootDefault ?? 'unknown'}`,
      ...(really.length > 0 ? [`failed: ${listText(really)}`] : []),
      ...(restarting.length > 0
        ? [`in a restart cycle, not necessarily failed: ${listText(restarting)}`]
        : []),
    ].join('; ');
  },
  unattended: ({ command, unit, build, buildSec, sec, cached, peakBytes, tookBytes, leastSpaceBytes }) => {
    const long =
      build === null ? '' : `: ${build}${buildSec === null ? '' : `, ${lengthText(buildSec * 1000)}`}`;
    const took = tookBytes === null || tookBytes < 1e6 ? null : `${bytesText(tookBytes)} of disk`;
    const left =
      leastSpaceBytes === null
        ? null
        : `${bytesText(leastSpaceBytes)} ${took === null ? 'of disk left' : 'left'}`;
    const memory = peakBytes === null ? null : `${bytesText(peakBytes)} of memory`;
    const most = [memory, took, left].filter((one) => one !== null);
    return [
      `${unit ?? command} rebuilds without anybody, ${lengthText(sec * 1000)}${long}${cached === false ? ', which no cache had' : ''}`,
      ...(most.length === 0 ? [] : [`at its peak ${most.join(', ')}`]),
    ].join('; ');
  },
  'process-limit': ({ what, used, limit, said, build }) => {
    const name = {
      tasks: 'tasks of the daemon (TasksMax)',
      'daemon-files': 'open files of the daemon',
      'machine-files': 'open files of the machine (fs.file-max)',
      processes: 'process ids (kernel.pid_max)',
      'user-processes': 'processes of a user (RLIMIT_NPROC)',
      threads: 'threads (kernel.threads-max)',
    }[what];
    const share = used === null || limit === null ? '' : `: ${formatCount(used)} of ${formatCount(limit)}`;
    return said
      ? `${build === null ? 'a build' : build} met the limit of ${name}${share}`
      : `${name} are nearly used up${share}`;
  },
};

/** What it cost is told to the second: `8 min 20 s`. */
function costText(sec: number): string {
  const minutes = Math.floor(sec / 60);
  const rest = Math.round(sec % 60);
  if (minutes === 0 || minutes >= 60 || rest === 0) return lengthText(sec * 1000);
  return `${minutes} min ${rest} s`;
}

const troubles: Readonly<Record<CacheTrouble, string>> = {
  timeout: 'no answer in time',
  resolver: 'the resolver within Nix timed out',
  unresolved: 'its name is not known',
  refused: 'connection refused',
  tls: 'TLS fails',
  http: 'HTTP error',
  other: 'it fails',
};

function troubleWords(why: CacheTrouble, httpStatus: number | null): string {
  return why === 'http' && httpStatus !== null ? `HTTP ${httpStatus}` : troubles[why];
}

function hookText({ pid, program, child, wchan }: HookProcess): string {
  const place = wchan === null ? '' : ` in ${wchan}`;
  return child === null
    ? `${program} (${pid}) waits${place}`
    : `${program} (${pid}) waits for ${child.program} (${child.pid})${place}`;
}

function systemText({ system, features }: SystemWanted): string {
  return features.length === 0 ? system : `${system} {${features.join(' ')}}`;
}

/** `«github:NixOS/nixpkgs/…»…-source`, `/nix/store/…-source`, `/home/alice/config`. */
function sourceName(path: string): string {
  return path.startsWith('/nix/store/') ? nameOfPath(path) : path;
}

/** Of an output its name; what else Nix locks has none that anybody knows. */
function lockedText(path: string | null): string {
  if (path === null) return 'a lock is held';
  const output = /^\/nix\/store\/[^/]+\.lock$/.test(path);
  return output ? `${nameOfPath(path.replace(/\.lock$/, ''))} is locked` : `the lock ${path} is held`;
}

/** Clients and builds alike. */
function waitText(waiting: number): string {
  return `${waiting === 1 ? 'somebody' : waiting} ${waitVerb(waiting)}`;
}

function waitVerb(waiting: number): string {
  return waiting === 1 ? 'waits' : 'wait';
}

function heldBy(holder: string | null, pid: number | null): string {
  if (holder === null && pid === null) return '';
  if (holder === null) return ` by process ${pid}`;
  return ` by ${shortCommand(clientCommand(holder))}${pid === null ? '' : ` (${pid})`}`;
}

function whichIs(state: string | null): string {
  return state === null || state === 'working' ? '' : `, which is ${state}`;
}
