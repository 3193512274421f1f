/** The help: the command table for people, and what is to be known besides keys. */
import { problemText } from '../base/problem.ts';
import { printable } from '../base/text.ts';
import { type HardeningPart, hardeningTitles } from '../model/health/hardening.ts';
import { markLetters } from '../model/past/replay.ts';
import { knowsLogPath, type LogPath } from '../model/rebuild/log-path.ts';
import { blockedReason, type Command, type CommandGroup, groups, type Situation } from './command.ts';
import { keyLabel } from './key-label.ts';
import { commands } from './table.ts';

export type HelpLine =
  | { readonly kind: 'group'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly keys: string;
      readonly title: string;
      /** Why it does not work now. */
      readonly blocked: string | null;
    }
  /** What is to be known besides keys. */
  | { readonly kind: 'fact'; readonly name: string; readonly text: string; readonly good: boolean };

/** In a recording its own keys come first, and last what it bars. */
function groupsFor({ replay }: Situation): readonly CommandGroup[] {
  if (replay === null) return groups;
  return ['Replay', ...groups.filter((group) => group !== 'Replay' && group !== 'Act'), 'Act'];
}

/** Help as it is drawn, by group; `situation` is the one below the help. */
export function helpLines(situation: Situation, filter: string): readonly HelpLine[] {
  const lines: HelpLine[] = [];
  for (const group of groupsFor(situation)) {
    const rows = commands.filter(
      (command) => command.group === group && exists(command, situation) && matches(command, filter),
    );
    const legend = group === 'Replay' ? markLines(filter) : [];
    if (rows.length + legend.length === 0) continue;
    lines.push({ kind: 'group', text: group });
    for (const command of rows) {
      lines.push({
        kind: 'command',
        keys: command.keys.map(keyLabel).join(' '),
        title: command.title,
        blocked: command.modes.includes(situation.mode) ? (blockedReason(command, situation) ?? null) : null,
      });
    }
    lines.push(...legend);
  }
  return lines;
}

/** Live keys do something else in a recording, where the help has them with that. */
function exists({ when }: Command, { replay }: Situation): boolean {
  return when !== 'live' || replay === null;
}

/** On one line of a narrow terminal. */
const marksOfLine = 4;

/** What the letters above a time line mean. */
function markLines(filter: string): readonly HelpLine[] {
  const marks = Object.values(markLetters).map(({ letter, title }) => `${letter} ${title}`);
  const lines = [marks.slice(0, marksOfLine), marks.slice(marksOfLine)].map(
    (part, index): HelpLine => ({
      kind: 'fact',
      name: index === 0 ? 'Marks' : '',
      text: part.join(', '),
      good: true,
    }),
  );
  return includes(`marks ${marks.join(' ')} replay`, filter) ? lines : [];
}

const hardeningTitle = 'Hardened against a freeze';

/** What was done to stay alive in a freeze, and why not all of it. */
export function hardeningLines(parts: readonly HardeningPart[] | null, filter: string): readonly HelpLine[] {
  const facts = (parts ?? []).map(({ id, status, reason }) => ({
    kind: 'fact' as const,
    name: hardeningTitles[id],
    text: status === 'done' ? reason : `${status}: ${reason}`,
    good: status === 'done',
  }));
  const text = [hardeningTitle, ...facts.flatMap((fact) => [fact.name, fact.text])].join(' ');
  const shown = facts.length > 0 && includes(text, filter);
  return shown ? [{ kind: 'group', text: hardeningTitle }, ...facts] : [];
}

const logsTitle = 'Logs of the daemon';
const howToSwitchOn = 'for phases and logs set json-log-path (docs/log-path.md)';

/** Whether the daemon's log is followed, and how to have it where this Nix (null: not ours to say) can write one. */
export function logLines(
  { path, problem }: LogPath,
  nixVersion: string | null,
  filter: string,
): readonly HelpLine[] {
  if (path === null && !knowsLogPath(nixVersion)) return [];
  const why = problem === null ? null : printable(problemText(problem));
  const [name, text] =
    path === null
      ? ['Off', howToSwitchOn]
      : why === null
        ? ['Followed', printable(path)]
        : ['Not whole', why];
  if (!includes(`${logsTitle} ${name} ${text}`, filter)) return [];
  return [
    { kind: 'group', text: logsTitle },
    { kind: 'fact', name, text, good: why === null },
  ];
}

function matches(command: Command, filter: string): boolean {
  return includes(`${command.keys.map(keyLabel).join(' ')} ${command.title} ${command.group}`, filter);
}

function includes(text: string, filter: string): boolean {
  return text.toLowerCase().includes(filter.toLowerCase());
}
