/** What stands in place of the build list when it is empty: why, and what is looked for. */

import { formatDuration } from '../../src/base/duration.ts';
import { plural } from '../../src/base/plural.ts';
import { problemText } from '../../src/base/problem.ts';
import { printable, textColumns } from '../../src/base/text.ts';
import { phaseText } from '../../src/format/failed-words.ts';
import { composeRow, type RowStyle, type Span, span } from '../../src/format/row.ts';
import { buildsProblem, daemonState, hostOf } from '../../src/format/words.ts';
import type { Model } from '../../src/model/model.ts';
import type { Build } from '../../src/model/rebuild/rebuild.ts';

type Shown = Pick<
  Model,
  'builds' | 'clients' | 'workers' | 'daemon' | 'problems' | 'readAtMs' | 'rebuilds' | 'timeMs'
>;

export function emptyRows(model: Shown, filter: string, width: number, style: RowStyle): string[] {
  return message(model, filter)
    .flatMap((spans) => wrap(spans, width - 4))
    .map((spans) => composeRow([span('  '), ...spans], width, style));
}

function message(model: Shown, filter: string): Span[][] {
  if (filter !== '' && model.builds.length > 0) {
    return [[], [span(`No build matches the filter "${filter}".`), span(' Esc drops it.', 'muted')]];
  }
  const { clients, workers, daemon } = model;
  const logged = model.rebuilds.flatMap(({ over, rebuild }) => (over ? [] : [...rebuild.running.values()]));
  if (logged.length > 0) {
    const why = 'Their processes are not seen here; this is what their logs tell.';
    return [[span(why, 'muted')], ...logged.map((build) => loggedBuild(build, model.timeMs))];
  }
  if (model.readAtMs.forest === undefined) {
    const [problem] = model.problems;
    const why = problem === undefined ? 'A moment.' : problemText(problem);
    return [[], [span('The processes have not been read yet.', 'title')], [span(why, 'muted')]];
  }
  const unseen = buildsProblem(model);
  if (unseen !== null) {
    return [[], [span('Builds cannot be seen.', 'title')], [span(problemText(unseen), 'muted')]];
  }
  if (clients.length > 0 || workers.length > 0) {
    const evaluating = clients.filter(({ phase }) => phase === 'evaluating').length;
    const doing = evaluating > 0 ? ` ${plural(evaluating, 'client')} evaluating.` : '';
    return [[], [span('No build yet.'), span(doing, 'accent')]];
  }
  if (daemon.running) {
    return [
      [],
      [span('Nothing is building.', 'title')],
      [span(`nix-daemon (pid ${daemon.pid ?? '–'}) waits for clients.`, 'muted')],
    ];
  }
  const socket =
    daemon.socket === 'absent'
      ? 'The daemon socket is absent.'
      : `The daemon socket is ${daemon.socket} (${daemonState(daemon).text}).`;
  const looked =
    'Looked for: nix-daemon and its workers, nix, nix-build, nixos-rebuild and the like, builders below them, and processes of the build users (nixbld).';
  return [
    [],
    [span('No Nix at work here: no nix-daemon, client or builder is running.', 'title')],
    [span(looked, 'muted')],
    [span(`${socket} A build shows up here as soon as it starts.`, 'muted')],
  ];
}

/** `firefox-130.0  build 12:33  47:02`. */
function loggedBuild({ name, host, phases, startedMs }: Build, nowMs: number): Span[] {
  const phase = phases.at(-1);
  const since = (ms: number) => formatDuration(Math.max(0, nowMs - ms) / 1000);
  return [
    span(name),
    span(host === null ? '' : `  on ${hostOf(host)}`, 'accent'),
    span(phase === undefined ? '' : `  ${phaseText(phase.name)} ${since(phase.sinceMs)}`),
    span(startedMs === null ? '' : `  ${since(startedMs)}`, 'muted'),
  ];
}

/** Whole words; one tone a paragraph. */
function wrap(spans: readonly Span[], width: number): (readonly Span[])[] {
  const [only, ...others] = spans;
  if (only === undefined || others.length > 0 || textColumns(printable(only.text)) <= width) return [spans];
  const lines: string[] = [''];
  for (const word of only.text.split(' ')) {
    const line = lines.at(-1) ?? '';
    const longer = line === '' ? word : `${line} ${word}`;
    if (textColumns(printable(longer)) <= width || line === '') lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((text) => [span(text, only.tone)]);
}
