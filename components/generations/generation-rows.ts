/** The table of generations with its summary, or why there is none. */

import type { Problem } from '../../src/base/problem.ts';
import { problemText } from '../../src/base/problem.ts';
import { fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { composeRow, fitSegments, type RowStyle, segment, span } from '../../src/format/row.ts';
import {
  type GenerationList,
  type GenerationsState,
  generationOf,
  sizeDifference,
} from '../../src/model/nix-store/generations.ts';
import type { Theme } from '../theme.ts';
import { generationColumns } from './generation-columns.ts';

export function generationSummary(
  { profile, list }: GenerationsState,
  window: { readonly first: number; readonly last: number } | null,
  width: number,
  style: RowStyle,
): string {
  const known = list?.ok ? list.value : null;
  const count = known === null ? '' : ` ${known.generations.length}`;
  const unsound = known?.generations.filter(({ soundness }) => soundness.state === 'unsound').length ?? 0;
  const segments = [
    segment(0, `GENERATIONS${count}`, 'title'),
    segment(1, profile.title, 'accent'),
    segment(3, unsound === 0 ? '' : `${unsound} not sound`, 'danger'),
    segment(2, known === null ? '' : defaultText(known), undefined),
    segment(4, known === null ? '' : nextBootText(known), 'warning'),
    segment(5, window === null ? '' : `${window.first}–${window.last} of${count}`, 'muted'),
    { ...segment(6, profile.target.path, 'muted'), right: true },
  ];
  return composeRow(fitSegments(segments, width, style), width, style);
}

function defaultText({ defaultNumber }: GenerationList): string {
  return defaultNumber === null ? 'default unknown' : `default ${defaultNumber}`;
}

/** What runs is not what will boot: the one thing that surprises people after `nixos-rebuild boot`. */
function nextBootText(list: GenerationList): string {
  const { defaultNumber, runningPath } = list;
  const next = defaultNumber === null ? null : generationOf(list, defaultNumber);
  if (next === null || runningPath === null || next.storePath === null || next.isRunning) return '';
  const running = list.generations.find(({ isRunning }) => isRunning);
  return running === undefined ? 'another system runs' : `${running.number} runs`;
}

/** The row of titles, then those generations that fit, the selected one among them. */
export function generationRows(
  state: GenerationsState,
  selected: number | null,
  height: number,
  width: number,
  theme: Theme,
): string[] {
  const { list, profile } = state;
  if (list === null) return messageRows('Reading the generations…', null, width, theme);
  if (!list.ok) return failureRows(list.problem, state, width, theme);
  const { generations } = list.value;
  if (generations.length === 0) return noneRows(state, width, theme);
  const lines = generations.map((generation) => ({
    generation,
    differenceBytes: sizeDifference(state, generation),
  }));
  const fit = fitColumns(generationColumns(profile.target.kind), width - 2, lines);
  const first = firstVisible(list.value, selected, height);
  return [
    titleRow(fit, width, theme, '  '),
    ...lines.slice(first, first + height).map((line) => {
      const chosen = line.generation.number === selected;
      const before = [span(chosen ? ` ${theme.selectedMark}` : '  ')];
      return tableRow(fit, line, width, theme, { before, whole: chosen ? 'selection' : undefined });
    }),
  ];
}

/** First generation that is shown, so that the selected one is. */
export function firstVisible(
  { generations }: GenerationList,
  selected: number | null,
  height: number,
): number {
  const index = generations.findIndex(({ number }) => number === selected);
  return Math.max(0, Math.min(index - height + 1, generations.length - height));
}

function failureRows(problem: Problem, state: GenerationsState, width: number, theme: Theme): string[] {
  if (problem.kind === 'gone') return noneRows(state, width, theme);
  const { path } = state.profile.target;
  if (problem.kind === 'denied') {
    return messageRows(`denied: ${path} is not ours to read.`, 'Run as root or as its owner.', width, theme);
  }
  return messageRows('The generations could not be read.', problemText(problem), width, theme);
}

function noneRows({ profile }: GenerationsState, width: number, theme: Theme): string[] {
  const { kind, path } = profile.target;
  const what =
    kind === 'system' ? 'No NixOS system profile here.' : `No generations in the ${profile.title}.`;
  return messageRows(what, `Looked for: ${path}-N-link`, width, theme);
}

function messageRows(text: string, more: string | null, width: number, style: RowStyle): string[] {
  return [
    '',
    composeRow([span(`  ${text}`, 'title')], width, style),
    ...(more === null ? [] : [composeRow([span(`  ${more}`, 'muted')], width, style)]),
  ];
}
