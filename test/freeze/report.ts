/** The figures as Markdown: a table for each freeze, and each aim with how far we are from it. */
import type { Figures, Spread } from './figures.ts';
import type { Played } from './play.ts';

export interface About {
  readonly machine: string;
  readonly command: string;
}

const header =
  '| program | kills | key → question ms | `y` → signal ms | `y` → dead ms | frame late ms | frames lost | major faults/s | resident MB | in swap MB | OOM-killed |\n' +
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |';

export function report(played: Played, figures: readonly Figures[], about: About): string {
  const sections = played.freezes.flatMap(({ name, what, unsupported }) => {
    if (unsupported !== null) return [`**${name}**: not measured: ${unsupported}.`, ''];
    const own = figures.filter(({ freeze }) => freeze === name);
    return [`**${name}**: ${what}. ${pressureOf(own)}`, '', header, ...own.map(row), ''];
  });
  return [
    `${about.machine} \`${about.command}\`; p50 / p95 / max; we ourselves were never later than ${whole(played.harnessLateMs)} ms.${played.leftOut > 0 ? ` ${played.leftOut} turns did not fit into the time.` : ''}`,
    '',
    ...sections,
    '### The aims in a freeze',
    '',
    ...aims(figures),
    '',
  ].join('\n');
}

function row(one: Figures): string {
  const cells = [
    one.program,
    one.failed === 0 ? String(one.kills) : `${one.kills}, ${one.failed} failed`,
    spreadText(one.echoMs),
    spreadText(one.struckMs),
    spreadText(one.deathMs),
    spreadText(one.lateMs),
    String(one.framesLost),
    whole(one.majorFaultsPerSec),
    one.residentMB === null ? '–' : whole(one.residentMB),
    one.swappedMB === null ? '–' : one.swappedMB.toFixed(1),
    String(one.killed),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The machine's own, on the average of all programs. */
function pressureOf(figures: readonly Figures[]): string {
  const names = Object.keys(figures[0]?.pressure ?? {});
  const mean = (name: string) =>
    figures.reduce((sum, { pressure }) => sum + (pressure[name] ?? 0), 0) / figures.length;
  return `Pressure meanwhile: ${names.map((name) => `${name} ${whole(mean(name))} %`).join(', ')}.`;
}

const mostMs = 250;
const mostLateMs = 1000;

/** Those that promise it. */
const judged = ['nixpulse hardened', 'nixpulse rescue'];

function aims(figures: readonly Figures[]): string[] {
  const of = (program: string) => figures.filter((one) => one.program === program);
  const lines = judged.flatMap(of).flatMap((one) => {
    const who = `${one.freeze}: ${one.program}`;
    return [
      aim(`${who}, p95 of \`y\` → dead under ${mostMs} ms`, one.deathMs?.p95 ?? null, mostMs),
      aim(`${who}, p95 of \`y\` → signal under ${mostMs} ms`, one.struckMs?.p95 ?? null, mostMs),
      aim(`${who}, no frame later than a second`, one.lateMs?.max ?? null, mostLateMs),
    ];
  });
  const [ours, theirs] = ['nixpulse hardened', 'htop'].map((program) =>
    of(program).find(({ freeze }) => freeze === 'memory'),
  );
  const half = theirs?.deathMs == null ? null : theirs.deathMs.p95 / 2;
  if (half !== null) {
    const title = "memory: nixpulse hardened, p95 of `y` → dead at most half of htop's";
    lines.push(aim(title, ours?.deathMs?.p95 ?? null, half));
  }
  const killed = figures.filter(({ program, killed: times }) => program !== 'htop' && times > 0).length;
  lines.push(
    killed === 0 ? '- reached: never ended by the OOM killer' : '- **missed**: ended by the OOM killer',
  );
  return lines;
}

function aim(title: string, seen: number | null, most: number): string {
  if (seen === null) return `- **missed**: ${title}: no kill succeeded`;
  const figure = `${whole(seen)} ms`;
  return seen <= most
    ? `- reached: ${title}: ${figure}`
    : `- **missed**: ${title}: ${figure} (aim: ${whole(most)} ms)`;
}

function spreadText(spread: Spread | null): string {
  return spread === null ? '–' : [spread.p50, spread.p95, spread.max].map(whole).join(' / ');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
