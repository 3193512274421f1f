/** What the guard is told: by which numbers each rule judges, what it does, and in which order. One row a number. */
import type { Unit } from '../model/fields/field.ts';
import { type GuardAction, type GuardRuleId, guardRuleIds } from '../model/guard/guard.ts';

/** A number of a rule: `[guard.rules.memory] full = 20`. */
export interface GuardNumber {
  readonly value: number;
  readonly unit: Extract<Unit, 'percent' | 'bytes' | 'ms' | 's' | 'ratio' | 'none'>;
  readonly help: string;
  /** Why this number. */
  readonly source: string;
}

export interface GuardRuleRow {
  readonly help: string;
  readonly numbers: Readonly<Record<string, GuardNumber>>;
  /** For so long all of it must hold. */
  readonly forSec: number;
  /** Which of its actions a fresh install takes, the gentlest first. */
  readonly actions: readonly GuardAction[];
  /** Which it can take at all. */
  readonly may: readonly GuardAction[];
}

function number(value: number, unit: GuardNumber['unit'], help: string, source: string): GuardNumber {
  return { value, unit, help, source };
}

const own = 'measured and chosen here (docs/guard.md)';

export const guardRuleTable = {
  memory: {
    help: 'Memory is short now: processes stand still for want of it, and little is left.',
    numbers: {
      full: number(
        20,
        'percent',
        'Of the last ten seconds in which nothing ran for want of memory (PSI full avg10).',
        'systemd-oomd kills at 60 % for 30 s, nohang at 40 %: what pauses may come earlier',
      ),
      available: number(
        10,
        'percent',
        'Of memory that is available (MemAvailable): the second source.',
        'earlyoom ends processes at 10 %, if swap is as short',
      ),
      within: number(15, 's', 'Or, at the pace of the last seconds, all of it is gone within so long.', own),
      near: number(
        25,
        'percent',
        'Of memory and swap that is left: while there is more, no pace is told as the end of it.',
        'nohang warns at 20 %; a program that takes what it needs at once has stopped before',
      ),
      kill: number(
        40,
        'percent',
        'As full: with less, nothing harsher than a pause, unless what is left is next to nothing.',
        'nohang ends programs at 40 % (soft_threshold_max_psi)',
      ),
    },
    forSec: 5,
    actions: ['lower', 'pause', 'kill', 'cancel'],
    may: ['tell', 'lower', 'limit', 'pause', 'kill', 'cancel'],
  },
  leak: {
    help: 'A build or an evaluation grows without a pause, holds much, and will take the rest soon.',
    numbers: {
      share: number(25, 'percent', 'Of the machine’s memory that it holds.', 'leakLargePercent of diagnose'),
      within: number(120, 's', 'At its pace nothing is left within so long.', own),
      near: number(
        25,
        'percent',
        'Of memory that is left, the second source: while there is more, growth harms nobody.',
        'leakLeftPercent of diagnose; nohang warns at 20 %',
      ),
    },
    forSec: 10,
    actions: ['tell', 'pause', 'kill', 'cancel'],
    may: ['tell', 'limit', 'pause', 'kill', 'cancel'],
  },
  io: {
    help: 'A disk of the store or of builds hardly answers while a build reads or writes.',
    numbers: {
      await: number(
        2000,
        'ms',
        'For which a request waits in the mean.',
        'the protocol for stuck rebuilds: await beyond 2000 ms',
      ),
      full: number(
        40,
        'percent',
        'Of the last ten seconds in which nothing ran for want of I/O (PSI full avg10): the second source.',
        own,
      ),
    },
    forSec: 20,
    actions: ['lower', 'pause'],
    may: ['tell', 'lower', 'limit', 'pause', 'kill', 'cancel'],
  },
  stuck: {
    help: 'The diagnosis calls a build or a client stuck, and is certain, or says so for twice as long; a loop alone is none.',
    numbers: {},
    forSec: 1800,
    actions: ['tell'],
    may: ['tell', 'kill', 'cancel', 'restart-daemon'],
  },
  'rebuild-time': {
    help: 'A rebuild goes on for longer than it may.',
    numbers: {
      limit: number(0, 's', 'At most; 0: no limit.', 'nobody knows how long your rebuilds take'),
    },
    forSec: 0,
    actions: ['tell'],
    may: ['tell', 'lower', 'cancel'],
  },
  'build-time': {
    help: 'A build takes many times what builds of its name usually take.',
    numbers: {
      factor: number(
        5,
        'ratio',
        'Times its usual time; where that is not known the rule rests.',
        'overduePercent of diagnose calls 3 times slow',
      ),
      least: number(1800, 's', 'But never before it has taken so long.', own),
    },
    forSec: 0,
    actions: ['tell'],
    may: ['tell', 'lower', 'kill'],
  },
  space: {
    help: 'A file system that builds write to is nearly full, or will be soon.',
    numbers: {
      free: number(3, 'percent', 'Left of it.', 'ext4 keeps 5 % for root'),
      within: number(60, 's', 'Or, at the pace of the last minute, it is full within so long.', own),
      near: number(
        25,
        'percent',
        'Left of it, from which the pace of the last two looks is enough: nobody can wait for a minute of proof.',
        own,
      ),
    },
    forSec: 5,
    actions: ['tell', 'pause'],
    may: ['tell', 'pause', 'kill', 'cancel'],
  },
  'memory-delta': {
    help: 'A rebuild, with all its builds, has taken so much memory since it began.',
    numbers: {
      limit: number(0, 'bytes', 'At most; 0: no limit.', 'the protocol for stuck rebuilds: 10 GB'),
    },
    forSec: 10,
    actions: ['tell'],
    may: ['tell', 'lower', 'limit', 'pause', 'kill', 'cancel'],
  },
  unit: {
    help: 'A unit that the settings name is down, or does not answer.',
    numbers: {
      tries: number(3, 'none', 'Restarts in a row; then it is only told.', own),
    },
    forSec: 10,
    actions: ['restart-unit'],
    may: ['tell', 'restart-unit'],
  },
} as const satisfies Readonly<Record<GuardRuleId, GuardRuleRow>>;

export type GuardNumbers = {
  readonly [Rule in GuardRuleId]: {
    readonly [Name in keyof (typeof guardRuleTable)[Rule]['numbers']]: number;
  };
};

export interface GuardRuleSettings<Rule extends GuardRuleId = GuardRuleId> {
  readonly enabled: boolean;
  readonly forSec: number;
  readonly actions: readonly GuardAction[];
  readonly numbers: GuardNumbers[Rule];
}

/** A unit that is kept up. */
export interface GuardedUnit {
  readonly unit: string;
  /** Asked whether it answers: a URL (any answer below 500), or a path of a socket that takes a connection. Null: none. */
  readonly asks: string | null;
}

export interface GuardSettings {
  /** It only tells what it would do. */
  readonly dryRun: boolean;
  /** After an action, ours or another guard's, nothing is done for so long: what was done has to show first. */
  readonly restSec: number;
  /** A rule that has been calm for so long begins with its gentlest action again, and what it did is undone. */
  readonly calmSec: number;
  readonly rules: { readonly [Rule in GuardRuleId]: GuardRuleSettings<Rule> };
  readonly units: readonly GuardedUnit[];
  /** Run with each act, its words in the environment; empty: none. */
  readonly hook: readonly string[];
  /** Of the desktops of who is logged in. */
  readonly notify: boolean;
}

export const defaultGuardSettings: GuardSettings = {
  dryRun: true,
  restSec: 15,
  calmSec: 60,
  rules: Object.fromEntries(guardRuleIds.map((rule) => [rule, defaultsOf(rule)])) as GuardSettings['rules'],
  units: [],
  hook: [],
  notify: false,
};

function defaultsOf(rule: GuardRuleId): GuardRuleSettings {
  const { forSec, actions, numbers } = guardRuleTable[rule];
  const values = Object.fromEntries(Object.entries(numbers).map(([name, { value }]) => [name, value]));
  return { enabled: true, forSec, actions, numbers: values } as GuardRuleSettings;
}
