/** The words of probes: what each is called with its subject, why one was not begun, and what it brought, in one line. */
import { bytesText, formatRate } from '../base/bytes.ts';
import { lengthText } from '../base/duration.ts';
import { listText, plural } from '../base/plural.ts';
import { problemText } from '../base/problem.ts';
import { printable, truncate } from '../base/text.ts';
import type { ProbeId, ProbeResult, SubjectKind } from '../model/diagnosis/probe.ts';
import type { ProbeRefusal } from '../model/diagnosis/probe-runner.ts';
import { probeRow } from '../model/diagnosis/probe-table.ts';
import type { DamagedPath, EvaluationRun, ProbeValues } from '../model/diagnosis/probe-values.ts';
import { parseRelativeFlake } from '../model/diagnosis/relative-flake.ts';
import { nameOfPath, nameOfProcess } from '../model/nix-store/store-path.ts';

/** `verify the store`, `ask the disk about itself (SMART): sda`. */
export function probeTitle(id: ProbeId, subject: string | null): string {
  const { title, subject: kind } = probeRow(id);
  const name = title.charAt(0).toLowerCase() + title.slice(1);
  return subject === null ? name : `${name}: ${shown(aboutText(subject, kind))}`;
}

function aboutText(subject: string, kind: SubjectKind | null): string {
  switch (kind) {
    case 'process':
      return subject.replace(/:.*/, '');
    case 'path':
      return nameOfPath(subject);
    case 'flake': {
      const relative = parseRelativeFlake(subject);
      return relative === null ? subject : `${relative.typed} in the directory of process ${relative.pid}`;
    }
    default:
      return subject;
  }
}

export function criticalText(resource: 'memory' | 'io'): string {
  return `${resource === 'memory' ? 'memory' : 'the disk'} is critically short: it would make it worse`;
}

/** What a subject is, for people, and in its place in a command line. */
const subjectWords: Readonly<Record<SubjectKind, readonly [what: string, place: string]>> = {
  device: ['a block device (sda)', 'DEVICE'],
  path: ['a store path', 'PATH'],
  cache: ['the address of a cache', 'ADDRESS'],
  builder: ['the address of a builder', 'ADDRESS'],
  process: ['a process (a pid)', 'PID'],
  flake: ['a flake or a file', 'FLAKE'],
};

/** `ADDRESS`: what a user has to name behind the probe; empty: nothing. */
export function subjectPlace(id: ProbeId): string {
  const { subject } = probeRow(id);
  return subject === null ? '' : subjectWords[subject][1];
}

export function refusalText(refusal: ProbeRefusal): string {
  switch (refusal.kind) {
    case 'subject':
      return refusal.wants === null
        ? 'it is about the machine'
        : `it takes ${subjectWords[refusal.wants][0]}`;
    case 'running':
      return 'it runs already';
    case 'hangs':
      return 'it was ended, and hangs in a read that does not come back';
    case 'busy':
      return `one at a time: ${probeTitle(refusal.with, null)} runs`;
    case 'critical':
      return criticalText(refusal.resource);
    case 'not-live':
      return 'what is looked at is not this machine as it runs';
    case 'unknown':
      return 'it cannot run here';
  }
}

/** One line, for the journal and below the hypotheses. */
export function probeResultText(result: ProbeResult): string {
  if (!result.ok) return shown(problemText(result.problem));
  const { id, value } = result;
  return shown((words[id] as (value: unknown) => string)(value));
}

type Words = { readonly [Id in ProbeId]: (value: ProbeValues[Id]) => string };

const words: Words = {
  'verify-store': ({ checked, partial, damaged }) => {
    const extent = checked === null ? '' : ` of ${plural(checked, 'path')}${partial ? ' so far' : ''}`;
    if (damaged.length > 0)
      return `${damaged.length}${extent} damaged: ${listText(damaged.map(damageText), 3)}`;
    if (partial) return `no damage so far${checked === null ? '' : `: ${plural(checked, 'path')}`}`;
    return `the store is sound${checked === null ? '' : `: ${plural(checked, 'path')}`}`;
  },
  'verify-path': ({ damaged }) => (damaged === null ? 'the path is sound' : damageText(damaged)),
  database: ({ ok, said, bytes }) =>
    ok
      ? `the database is sound: ${bytesText(bytes)}`
      : `the database is damaged: ${said.slice(0, 2).join('; ')}`,
  smart: smartText,
  'kernel-log': ({ notices }) =>
    notices.length === 0
      ? 'nothing in it tells of a fault'
      : `${plural(notices.length, 'line')}: ${notices.at(-1)?.text ?? ''}`,
  units: ({ failed, jobs }) => {
    const parts = [
      failed.length === 0
        ? ''
        : `${plural(failed.length, 'unit')} failed: ${listText(
            failed.map(({ unit }) => unit),
            3,
          )}`,
      jobs.length === 0
        ? ''
        : `${plural(jobs.length, 'job')} under way: ${listText(
            jobs.map(({ unit }) => unit),
            3,
          )}`,
    ];
    return parts.filter((part) => part !== '').join('; ') || 'no unit has failed, no job is under way';
  },
  'read-speed': ({ layers }) =>
    layers.map(({ device, bytesPerSec }) => `${device} ${formatRate(bytesPerSec)}`).join(', '),
  'cipher-speed': ({ cipher, bytesPerSec }) => `${cipher} ${formatRate(bytesPerSec)}`,
  volumes: ({ groups, logical }) => {
    const bad = groups.filter(({ ok }) => !ok).map(({ name }) => name);
    const fill = ({ name, dataPercent, metadataPercent }: (typeof logical)[number]) =>
      dataPercent === null
        ? []
        : `${name} ${dataPercent} %${metadataPercent === null ? '' : ` (metadata ${metadataPercent} %)`}`;
    const fills = logical.flatMap(fill);
    const sound = bad.length > 0 ? `damaged: ${listText(bad)}` : `${plural(groups.length, 'group')}, sound`;
    return fills.length === 0 ? sound : `${sound}; ${listText(fills, 3)}`;
  },
  'bad-blocks': ({ badBlocks, checkedBytes, partial }) =>
    `${badBlocks === 0 ? 'no bad block' : plural(badBlocks, 'bad block')} in ${bytesText(checkedBytes)}${partial ? ' so far' : ''}`,
  evaluation: evaluationText,
  'evaluation-profile': ({ run, by, files }) => {
    const most = files.slice(0, 3).map(({ file, percent }) => `${file} ${Math.round(percent)} %`);
    return most.length === 0
      ? evaluationText(run)
      : `${evaluationText(run)}; most ${by === 'time' ? 'time' : 'calls'} in ${listText(most)}`;
  },
  bisection: bisectionText,
  cache: ({ reachable, sec, bytesPerSec, trusted, said, httpStatus }) => {
    if (!reachable) return `no answer${said === null ? '' : `: ${said}`}`;
    const parts = [
      `answers${sec === null ? '' : ` in ${lengthText(sec * 1000)}`}`,
      httpStatus === null || httpStatus < 300 ? '' : `status ${httpStatus}`,
      bytesPerSec === null ? '' : formatRate(bytesPerSec),
      trusted === false ? 'its key is not trusted' : '',
    ];
    return parts.filter((part) => part !== '').join(', ');
  },
  builder: ({ reachable, sec, nixVersion, trusted, said }) => {
    if (!reachable) return `no answer${said === null ? '' : `: ${said}`}`;
    const parts = [
      `answers${sec === null ? '' : ` in ${lengthText(sec * 1000)}`}`,
      nixVersion === null ? '' : `Nix ${nixVersion}`,
      trusted === false ? 'does not trust us' : '',
    ];
    return parts.filter((part) => part !== '').join(', ');
  },
  stack: ({ places, samples }) => {
    const [first] = places;
    if (first === undefined) return 'nothing of it was seen';
    const who = first.comm === undefined ? '' : `${nameOfProcess(first.comm) ?? 'process'} (${first.pid}) `;
    const where = first.wchan === 'running' ? 'runs' : `sleeps in ${first.wchan}`;
    const share = first.times >= samples ? 'each time' : `${first.times} of ${samples} times`;
    return `${who}${where}, ${share}${places.length > 1 ? `; ${plural(places.length - 1, 'other place')}` : ''}`;
  },
};

function damageText({ path, how }: DamagedPath): string {
  return `${nameOfPath(path)} is ${how === 'unrecorded' ? 'not in the database' : how}`;
}

function smartText(value: ProbeValues['smart']): string {
  const { passed, standby, exitStatus, percentUsed, mediaErrors, reallocated, pending, cableErrors } = value;
  if (standby) return 'the disk sleeps: it was not woken';
  // Bit 3: the disk fails now (smartctl(8), EXIT STATUS).
  const verdict =
    passed === false || (exitStatus & 8) !== 0
      ? 'the disk says that it FAILS'
      : passed === null
        ? 'the disk does not say how it is'
        : 'the disk says that it is well';
  const counts = [
    [mediaErrors, 'media errors'],
    [reallocated, 'reallocated sectors'],
    [pending, 'pending sectors'],
    [cableErrors, 'cable errors'],
  ] as const;
  const told = counts.flatMap(([count, name]) => (count === null || count === 0 ? [] : `${count} ${name}`));
  if (percentUsed !== null && percentUsed >= 80) told.push(`${percentUsed} % of its life used`);
  if (value.spareBelowThreshold === true) told.push('its spare blocks run out');
  return told.length === 0 ? verdict : `${verdict}; ${listText(told)}`;
}

/** `evaluates in 12 s, 1.2 GB`, or why not. */
export function evaluationText(run: EvaluationRun): string {
  const { end, sec, peakBytes, error } = run;
  const peak = peakBytes === null ? '' : `, ${bytesText(peakBytes)}`;
  const took = `${lengthText(sec * 1000)}${peak}`;
  switch (end) {
    case 'done':
      return `evaluates in ${took}`;
    case 'failed':
      return `fails after ${took}: ${error ?? 'it does not say why'}`;
    case 'time':
      return `does not end: ended after ${took}`;
    case 'memory':
      return `takes more memory than it may: ended after ${took}`;
    case 'recursion':
      return `needs itself: ${error ?? 'infinite recursion'}${roundText(run)}`;
    case 'stack':
      return `recurses without end: ${error ?? 'its stack overflowed'} after ${took}${roundText(run)}`;
  }
}

/** What goes round: the options, else the files that define them, else the place that repeats most. */
function roundText({ options, files, repeated }: EvaluationRun): string {
  if (options.length > 0)
    return ` through ${listText(options, 3)}${files.length > 0 ? `, defined in ${listText(files, 3)}` : ''}`;
  const [place] = repeated;
  return place === undefined ? '' : `; ${place.place} repeats ${place.times} times`;
}

function bisectionText(value: ProbeValues['bisection']): string {
  const { run, steps, of, modules, failsBare, complete } = value;
  const after = `after ${plural(steps, 'evaluation')}`;
  if (run.end === 'done') return `there is no fault to look for: ${evaluationText(run)}`;
  if (failsBare) return `it fails without any module of the configuration, too, ${after}`;
  if (of === null) return `its modules cannot be listed: ${evaluationText(run)}`;
  if (modules.length === 0) return `not found ${after}`;
  const named = listText(modules, 3);
  if (!complete) return `one of ${plural(modules.length, 'module')}, ${after}: ${named}`;
  return modules.length === 1 ? `${named} is at fault, ${after}` : `together at fault, ${after}: ${named}`;
}

const longest = 300;

/** Others' text may hold anything. */
function shown(text: string): string {
  return truncate(printable(text), longest);
}
