/** The programs compared, and how each is brought to kill: what is typed, and what the screen says then. */
import { spawnSync } from 'node:child_process';
import { launcher } from '../support/pty.ts';
import type { Stage } from './stage.ts';

type Screen = readonly string[];

export interface Program {
  readonly name: string;
  file(stage: Stage): string;
  readonly args: readonly string[];
  /** Started as its unit in dist/systemd starts it. */
  readonly unit: boolean;
  /** Keys before the freeze, each after the screen has answered the one before. */
  readonly prepare: readonly {
    readonly keys: (tag: string) => string;
    readonly shown: (tag: string) => RegExp;
  }[];
  readonly ready: (tag: string) => RegExp;
  /** The key that picks one of ours on this screen; null where the cursor stands on one. */
  pick(screen: Screen, tag: string): string | null;
  readonly picked: (tag: string) => RegExp;
  readonly ask: string;
  readonly asked: (tag: string) => RegExp;
  /** Between question and confirmation: htop's menu stands on SIGTERM, which a sandbox's first process does not hear. */
  readonly choose: { readonly keys: string; readonly chosen: string } | null;
  readonly confirm: string;
  /** The row of a build, while it is listed. */
  row(build: { readonly name: string; readonly pid: number }): RegExp;
  /** Leaves an open question undone. */
  readonly refuse: string;
}

function dashboard(name: string, args: readonly string[]): Program {
  return {
    name,
    file: (stage) => stage.nixpulse,
    args,
    unit: false,
    ready: (tag) => new RegExp(`${tag}x0`),
    // Others may build here, too: the list has ours alone.
    prepare: [
      { keys: (tag) => `\\${tag}`, shown: (tag) => new RegExp(`filter: ${tag}`) },
      { keys: () => '\r', shown: () => /Quit/ },
    ],
    pick: () => null,
    picked: () => /^/,
    ask: 'k',
    // While the last kill runs its name stands there, too, without a dot.
    asked: (tag) => new RegExp(`kill ${tag}x\\d-1\\.0 · \\d+ proc`),
    choose: null,
    confirm: 'y',
    row: ({ name }) => new RegExp(`^[^a-z]{0,3}${name} `),
    refuse: 'n',
  };
}

const rescue: Program = {
  ...dashboard('nixpulse rescue', ['rescue']),
  prepare: [],
  pick: (screen, tag) =>
    numbered(tag).exec(screen.find((line) => numbered(tag).test(line)) ?? '')?.[1] ?? null,
  picked: (tag) => new RegExp(`^>\\d ${tag}`),
  row: ({ name }) => new RegExp(`^[ >]\\d ${name} `),
};

const numbered = (tag: string) => new RegExp(`^[ >](\\d) ${tag}`);

const htop: Program = {
  name: 'htop',
  file: (stage) => stage.htop,
  args: ['-d', '10'],
  unit: false,
  ready: () => /Load average/,
  // A filter in its arguments would list htop itself.
  prepare: [
    { keys: (tag) => `\\${tag}-builder`, shown: (tag) => new RegExp(`Filter: ${tag}-builder`) },
    { keys: () => '\r', shown: () => /F10Quit/ },
  ],
  pick: () => null,
  picked: () => /^/,
  ask: '\x1b[20~',
  asked: () => /Send signal:/,
  choose: { keys: '9', chosen: ' 9 SIGKILL' },
  confirm: '\r',
  row: ({ pid }) => new RegExp(`^ *${pid} `),
  refuse: '\x1b',
};

/** Those that this nixpulse and this machine have. */
export function programsHere(): Program[] {
  const help = spawnSync(launcher, ['--help'], { encoding: 'utf8' }).stdout;
  const hardens = help.includes('--harden');
  return [
    ...(hardens
      ? [
          dashboard('nixpulse plain', ['--harden=off']),
          dashboard('nixpulse hardened', []),
          { ...dashboard('nixpulse in its unit', []), unit: true },
        ]
      : [dashboard('nixpulse plain', [])]),
    ...(/\brescue\b/.test(help) ? [rescue] : []),
    ...(spawnSync('htop', ['--version']).status === 0 ? [htop] : []),
  ];
}

export const matches = (pattern: RegExp) => (screen: Screen) => screen.some((line) => pattern.test(line));
