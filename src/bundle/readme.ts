/** `README.md` of a bundle: what a maintainer asks first, what was found, and where what is. */
import type { Model } from '../model/model.ts';
import type { Manifest } from './manifest.ts';

export interface ReadmeFacts {
  readonly manifest: Manifest;
  /** Null: it was not looked at to the end. */
  readonly model: Model | null;
  /** Words of the findings, the worst first. */
  readonly findings: readonly string[];
  /** As `nix-info -m` prints them, by name; null: not known. */
  readonly info: readonly (readonly [string, string | null])[];
}

/** The template that Nix and Nixpkgs ask for: lines of `nix-info -m`, without building anything. */
export function readmeText({ manifest, model, findings, info }: ReadmeFacts): string {
  const { sources, redactions } = manifest;
  const taken = Object.entries(redactions).filter(([, count]) => count > 0);
  const missed = missedLines(sources);
  return [
    '# What this machine was doing',
    '',
    `Gathered by ${manifest.writer}, ${manifest.started} to ${manifest.ended}${manifest.stopped ? ', ended early' : ''}.`,
    '',
    '## System',
    '',
    ...info.map(([name, value]) => ` - ${name}: ${value === null ? 'not known' : `\`${value}\``}`),
    '',
    '## What nixpulse found',
    '',
    ...(model === null
      ? ['It did not get as far as looking: the counters below say what there is.']
      : findings.length === 0
        ? ['Nothing that is worth a warning.']
        : findings.map((line) => ` - ${line}`)),
    '',
    'The evidence for and against it is in `nixpulse/diagnosis.txt`.',
    '',
    '## Where to look',
    '',
    ...places.map(([name, what]) => ` - \`${name}\`: ${what}`),
    '',
    'The recording plays in a terminal: `nixpulse replay FILE.tar.gz`; `nixpulse diagnose FILE.tar.gz --at TIME` judges it anew.',
    '',
    '## What is not in it',
    '',
    ...(missed.length === 0 ? ['Every source gave all that it has.'] : missed),
    '',
    '## What was taken out',
    '',
    taken.length === 0
      ? 'Nothing that looked like a secret was found.'
      : `${taken.map(([kind, count]) => `${kind} ${count}`).join(', ')}. In its place stands \`[redacted]\`.`,
    manifest.namesAliased
      ? 'Names of hosts and users are aliases, the same everywhere.'
      : 'Names of hosts and users are as they are: `--names` gives them aliases.',
    'No list of rules finds them all. Read it before you hand it on.',
    '',
  ].join('\n');
}

/** By reason: one that many have stands once. */
function missedLines(sources: Manifest['sources']): readonly string[] {
  const absent = sources.filter(({ result }) => result === 'nothing').map(({ id }) => id);
  const reasons = sources
    .filter(({ result }) => result !== 'ok' && result !== 'nothing')
    .map((source) => ({ source, why: reasonOf(source) }));
  const lines = [...Map.groupBy(reasons, ({ why }) => why)].map(
    ([why, some]) => ` - ${some.map(({ source }) => `${source.id} (${source.result})`).join(', ')}: ${why}`,
  );
  return absent.length === 0 ? lines : [...lines, ` - not there: ${absent.join(', ')}`];
}

const mostReasons = 2;

function reasonOf({ problems, missingPrivileges, result }: Manifest['sources'][number]): string {
  // Without what it is of, which differs.
  const causes = [...new Set(problems.map((text) => /: \w+, (.*)$/.exec(text)?.[1] ?? text))];
  const why = [
    ...causes.slice(0, mostReasons),
    ...(causes.length > mostReasons ? [`and ${causes.length - mostReasons} more`] : []),
    ...(missingPrivileges.length > 0 ? [`takes ${missingPrivileges.join(', ')}`] : []),
  ];
  if (why.length > 0) return why.join('; ');
  return result === 'not begun' ? 'there was no time left' : 'its time was over';
}

const places: readonly (readonly [string, string])[] = [
  ['nixpulse/', 'verdict, findings, all figures, journal of actions, settings'],
  ['recording/', 'the last half hour, or what was seen while this was gathered'],
  [
    'processes/',
    'tree of processes and where they sleep; details and stacks of Nix and of what is in D; locks with names',
  ],
  ['ten-seconds/', 'pressure, disks and memory once a second'],
  ['proc/, kernel/', 'counters and settings of the kernel'],
  [
    'nix/, etc/nix/',
    'settings with their sources, generations and what they changed, inputs of flakes with ages, state',
  ],
  ['programs/', 'output of commands: settings as Nix sees them, units, jobs, journal'],
  ['smart/', 'what disks count of themselves'],
  ['logs/', 'last lines of the newest logs of builds'],
  ['manifest.json', 'every source with its time, result, cuts, redactions, and a SHA-256 of each file'],
];
