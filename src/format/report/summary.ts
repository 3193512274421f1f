/** The head of a report: what, when, for how long, what it cost, how bad it was by which rule. */
import { bytesText } from '../../base/bytes.ts';
import { lengthText } from '../../base/duration.ts';
import { listText, plural } from '../../base/plural.ts';
import { commandTitle } from '../../model/forest/client-command.ts';
import type { Impact, Incident, LostBuild, Severity } from '../../model/incident/incident.ts';
import type { Shortage } from '../../model/model.ts';
import { failureCauseText } from '../causes.ts';
import { eventText } from '../events.ts';
import { type Page, plain, table } from './markdown.ts';
import { localSpan, utcClock, utcSpan } from './times.ts';
import { capital, rootCauseTitle } from './verdict.ts';

export const severityRuleTexts: Readonly<Record<Severity['rule'], string>> = {
  data: 'a disk, a file system or the store was damaged',
  bystander: 'a process that has nothing to do with Nix was killed for want of memory',
  unended: 'memory or a disk was critical to the last moment that was recorded',
  lasting: 'something was critical for ten minutes or more',
  lost: 'builds were lost while something was critical',
  killed: 'processes were killed for want of memory',
  minute: 'something was critical for a minute or more',
  failed: 'builds failed, and nothing was critical',
  critical: 'something was critical for less than a minute',
  calm: 'nothing was critical, and no build failed',
};

export function headLines(incident: Incident, page: Page): readonly string[] {
  const { critical, severity, chosenBy } = incident;
  const rows: [string, string][] = [
    ['When', whenText(incident)],
    ['Severity', `**${severity.level}**: ${severityRuleTexts[severity.rule]}`],
    ...impactRows(incident, page),
  ];
  const calm = chosenBy === 'recent' ? ' The last half hour that was recorded is reported.' : '';
  return [`${whatText(incident, page)}${critical === null ? calm : ''}`, '', ...table(['', ''], rows)];
}

/** One paragraph: what somebody reads who reads no further. */
function whatText(incident: Incident, page: Page): string {
  const { critical, rootCause, chosenBy, impact } = incident;
  const cause = rootCauseTitle(incident);
  const sure = rootCause.kind === 'likely' ? 'Likely cause: ' : '';
  const why = cause === null ? '' : ` ${sure}${capital(plain(cause, page))}.`;
  if (critical === null) return `**Nothing was critical.**${why}`;
  const length = lengthText(critical.lengthSec * 1000);
  const short = critical.shortages.map((resource) => criticalTexts[resource]).join(', ');
  const killed = `${plural(impact.kills, 'process was', 'processes were')} killed for want of memory`;
  const other = critical.lengthSec < 1 && impact.kills > 0 ? capital(killed) : `Critical for ${length}`;
  const what = short === '' ? other : `${capital(short)}: ${length}`;
  const end =
    chosenBy === 'status' ? ', and it goes on' : ', and it was not over at the end of what is reported';
  return `**${what}**${critical.toMs === null ? end : ''}.${why}`;
}

const criticalTexts: Readonly<Record<Shortage['resource'], string>> = {
  memory: 'memory critically short',
  io: 'disks critically slow',
  space: 'space used up',
  cpu: 'CPUs critically short',
};

function whenText({ critical, span }: Incident): string {
  const told = critical === null ? span : { fromMs: critical.fromMs, toMs: critical.toMs ?? span.toMs };
  const local = localSpan(told);
  return `${utcSpan(told)}${local === null ? '' : `, ${local}`}`;
}

function impactRows({ impact, recovery, critical }: Incident, page: Page): [string, string][] {
  const rows: [string, string][] = [['Builds', buildsText(impact, page)]];
  const { memory, io } = impact.stalledSec;
  const waits = [
    ...((memory ?? 0) >= 1 ? [`for memory ${lengthText((memory ?? 0) * 1000)}`] : []),
    ...((io ?? 0) >= 1 ? [`for a disk ${lengthText((io ?? 0) * 1000)}`] : []),
  ];
  const stall = impact.longestStall;
  const disk =
    stall === null
      ? ''
      : `${waits.length > 0 ? '; ' : ''}${plain(stall.device, page)} finished nothing for ${lengthText(stall.sec * 1000)}`;
  const unknown = memory === null && io === null ? 'not known: this kernel does not tell (PSI)' : 'hardly';
  const stood = waits.length === 0 ? '' : `everything that wanted to run waited: ${waits.join(', ')}`;
  rows.push(['Machine stood still', stood === '' && disk === '' ? unknown : `${stood}${disk}`]);
  if (impact.kills > 0)
    rows.push(['Killed for want of memory', plural(impact.kills, 'process', 'processes')]);
  for (const { command, built, failed, unbuilt, level } of impact.rebuilds.slice(-3)) {
    const name = command === null ? 'a rebuild' : commandTitle(command);
    const counts = [
      `${built} built`,
      `${failed} failed`,
      ...(unbuilt > 0 ? [`${unbuilt} not built because of it`] : []),
    ];
    rows.push([
      'Rebuild',
      `${plain(name, page)} ${level === 'ok' ? 'ended' : 'failed'}: ${counts.join(', ')}`,
    ]);
  }
  if (critical !== null && critical.lengthSec >= 1 && recovery?.calmMs != null) {
    const { after, afterMs, calmMs } = recovery;
    const title =
      after === null ? null : after.kind === 'action' ? after.entry.title : eventText(after.event);
    const length = afterMs === null ? '' : lengthText(Math.max(0, calmMs - afterMs));
    const took =
      title === null ? ', with no action from nixpulse' : `, ${length} after: ${plain(title, page)}`;
    rows.push(['Well again', `${utcClock(recovery.calmMs)}${took}`]);
  }
  return rows;
}

const mostLost = 6;

function buildsText({ lost, ended, running, logs }: Impact, page: Page): string {
  const inVain = lost.reduce((sum, { ageSec }) => sum + (ageSec ?? 0), 0);
  const work = inVain >= 1 ? `, ${lengthText(inVain * 1000)} of building in vain` : '';
  const names = lost
    .slice(0, mostLost)
    .map((one) => `${plain(one.name ?? 'a build', page)} (${lostText(one, page)})`);
  const list =
    lost.length === 0
      ? ''
      : `: ${listText(names, mostLost)}${lost.length > mostLost ? ` and ${lost.length - mostLost} more` : ''}`;
  const parts = [
    `${lost.length} lost${work}${list}`,
    `${ended} ended${logs ? '' : ' (whether well is not known: no log was followed)'}`,
    `${running} still ran at the end`,
  ];
  return parts.join('; ');
}

function lostText({ cause, killer, by, ageSec }: LostBuild, page: Page): string {
  const after = ageSec === null ? '' : ` after ${lengthText(ageSec * 1000)}`;
  if (by !== null) return `ended by ${plain(by, page)}${after}`;
  if (killer !== null && cause === null)
    return `killed by ${killer === 'limit' ? 'a limit of memory' : killer === 'kernel' ? 'the kernel' : killer}${after}`;
  const why = cause === null ? '' : failureCauseText(cause);
  return `${why === '' ? 'failed' : plain(why, page)}${after}`;
}

/** `from 12 MB free to 480 MB`: what the machine had when it had least, and at the end. */
export function recoveryText({ recovery, critical, environment }: Incident): string | null {
  if (recovery === null) return null;
  const { worst, last, calmMs } = recovery;
  // Of a machine that had enough nobody asks.
  const isShort =
    critical?.shortages.includes('memory') === true ||
    (worst?.availableBytes ?? Infinity) < (environment.memoryTotalBytes ?? 0) / 5;
  const had =
    !isShort || worst?.availableBytes == null || last.availableBytes === null
      ? ''
      : worst.timeMs === last.timeMs
        ? `Memory free at the end, when it was least: ${bytesText(last.availableBytes)}.`
        : `Memory free: ${bytesText(worst.availableBytes)} at worst (${utcClock(worst.timeMs)}), ${bytesText(last.availableBytes)} at the end.`;
  const swap =
    !isShort ||
    worst?.swapUsedBytes == null ||
    worst.timeMs === last.timeMs ||
    last.swapUsedBytes === null ||
    (worst.swapUsedBytes === 0 && last.swapUsedBytes === 0)
      ? ''
      : ` Swap in use: ${bytesText(worst.swapUsedBytes)} then, ${bytesText(last.swapUsedBytes)} at the end.`;
  const not =
    calmMs === null ? `${had === '' ? '' : ' '}It was not well again when the recording ended.` : '';
  const text = `${had}${swap}${not}`;
  return text === '' ? null : text;
}
