/** What a shell offers after `kill`, `cancel` and the like: words that mean one thing each, with a note for people. */
import { formatBytes } from '../base/bytes.ts';
import { dateText } from '../base/clock-time.ts';
import { formatDuration } from '../base/duration.ts';
import { printable, truncate } from '../base/text.ts';
import { clientCommand } from '../model/forest/client-command.ts';
import { resolveBuild, resolveClient } from '../model/intents/resolve-target.ts';
import type { TargetKind } from '../model/intents/target-kind.ts';
import type { Build, Client, Model } from '../model/model.ts';
import type { Generation } from '../model/nix-store/generations.ts';
import type { SettingRow } from '../model/settings/setting.ts';

export interface OfferedTarget {
  /** As a shell may take it without quotes. */
  readonly word: string;
  /** One line of printable text. */
  readonly note: string;
}

type Seen = Pick<Model, 'builds' | 'clients'>;

const noteColumns = 60;

/** What may be chosen, the heaviest first; builds on other machines are ended with their client. */
export function offeredTargets(
  kind: Exclude<TargetKind, 'generations' | 'settings'>,
  model: Seen,
): readonly OfferedTarget[] {
  const builds = model.builds.toSorted((a, b) => (b.residentBytes ?? 0) - (a.residentBytes ?? 0));
  if (kind === 'clients') {
    return [
      ...model.clients.map((client) => ({ word: String(client.pid), note: clientNote(client) })),
      ...offersOf(builds, (word) => resolveClient(word, model).kind === 'one'),
    ];
  }
  const local = builds.filter(({ host }) => host === null).filter(fitting[kind]);
  return offersOf(local, (word) => resolveBuild(word, model).kind === 'one');
}

const fitting: {
  readonly [Kind in Exclude<TargetKind, 'generations' | 'settings' | 'clients'>]: (build: Build) => boolean;
} = {
  builds: () => true,
  'running-builds': ({ paused }) => !paused,
  'paused-builds': ({ paused }) => paused,
  'changed-builds': ({ lowered, limited }) => lowered || limited,
};

/** Of each build its first word that no shell reads as more than a word, and that means nothing else. */
function offersOf(builds: readonly Build[], meansOne: (word: string) => boolean): readonly OfferedTarget[] {
  return builds.flatMap((build) => {
    const words = [build.name, build.user, String(build.pid)];
    const word = words.find((one) => one !== null && plainWord.test(one) && meansOne(one));
    return word === undefined || word === null ? [] : [{ word, note: buildNote(build, word) }];
  });
}

/**
 * Nothing that a shell expands, and nothing that looks like an option. Names of derivations may have a `?` besides
 * (Nix, libstore/path.cc), and come from the environment of a process, so they may be anything.
 */
const plainWord = /^[A-Za-z0-9_][A-Za-z0-9_.+=-]{0,211}$/;

/** Who it is besides, how heavy, how old. */
function buildNote(build: Build, word: string): string {
  const { name, user, residentBytes, ageSec, paused, lowered, limited } = build;
  const names = [name, user].filter((one) => one !== word);
  const states = [paused && 'paused', lowered && 'lowered', limited && 'limited'];
  const figures = [
    residentBytes === null ? null : formatBytes(residentBytes),
    ageSec === null ? null : formatDuration(ageSec),
  ];
  return noteOf([...names, ...figures, ...states]);
}

function clientNote({ command, user }: Client): string {
  return noteOf([clientCommand(command), user]);
}

/** Newest first, as it is given: the number alone may be typed. */
export function offeredGenerations(generations: readonly Generation[]): readonly OfferedTarget[] {
  return generations.map(({ number, dateMs, version, isDefault, isRunning, soundness }) => ({
    word: String(number),
    note: noteOf([
      dateMs === null ? null : dateText(dateMs),
      version,
      isRunning && 'runs now',
      isDefault && 'default',
      soundness.state === 'unsound' && 'damaged',
    ]),
  }));
}

/** By their keys, each with what it is for. */
export function offeredSettings(rows: readonly Pick<SettingRow, 'key' | 'help'>[]): readonly OfferedTarget[] {
  return rows.map(({ key, help }) => ({ word: key, note: noteOf([help]) }));
}

function noteOf(parts: readonly (string | null | false)[]): string {
  const text = parts.filter((part) => part !== null && part !== false && part !== '').join(', ');
  return truncate(printable(text, false), noteColumns, false);
}

/** A line each: the word, a tab, its note. */
export function offeredLines(offers: readonly OfferedTarget[]): string {
  return offers.map(({ word, note }) => `${word}\t${note}\n`).join('');
}
