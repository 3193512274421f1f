/** What differs between the selected generation and the default one. */
import { formatSignedBytes } from '../../src/base/bytes.ts';
import { unknown } from '../../src/base/number.ts';
import { plural } from '../../src/base/plural.ts';
import { problemText } from '../../src/base/problem.ts';
import { printable, textColumns } from '../../src/base/text.ts';
import { composeRow, type RowStyle, type Span, span } from '../../src/format/row.ts';
import type { ProfileTarget } from '../../src/model/intents/intent.ts';
import {
  type Generation,
  type GenerationComparison,
  type GenerationsState,
  generationOf,
  type PackageChange,
  unsoundReason,
} from '../../src/model/nix-store/generations.ts';
import { marksText } from './generation-columns.ts';

const labelColumns = 12;

/** At most `height` rows, what is most wanted first; a list that is too long says how much more there is. */
export function differenceRows(
  state: GenerationsState,
  selected: number | null,
  height: number,
  width: number,
  style: RowStyle,
): string[] {
  const list = state.list?.ok ? state.list.value : null;
  const generation = list === null || selected === null ? null : generationOf(list, selected);
  if (generation === null || list === null || height <= 0) return [];
  const rows: Span[][] = [headline(generation, list.defaultNumber)];
  const unsound = unsoundReason(generation);
  if (unsound !== null) rows.push(fact('refused', [span(unsound, 'danger')]));
  const { comparison } = state;
  const own = comparison?.to === generation.number && comparison.from === list.defaultNumber;
  if (generation.isDefault) {
    rows.push(fact('', [span('It is the default: the others are compared with it.', 'muted')]));
  } else if (own && comparison.result === null) {
    rows.push(fact('', [span('Comparing the two closures…', 'muted')]));
  } else if (own && comparison.result?.ok === false) {
    rows.push(fact('unknown', [span(problemText(comparison.result.problem), 'warning')]));
  } else if (own && comparison.result?.ok) {
    rows.push(
      ...comparisonRows(comparison.result.value, list.profile.kind, height - rows.length, width, style),
    );
  }
  if (rows.length < height && generation.storePath !== null) {
    rows.push(fact('path', [span(generation.storePath, 'muted')]));
  }
  return rows.slice(0, height).map((spans) => composeRow(spans, width, style));
}

function headline(generation: Generation, defaultNumber: number | null): Span[] {
  const against =
    generation.isDefault || defaultNumber === null
      ? marksText(generation)
      : `instead of ${defaultNumber}, the default`;
  return [span(` GENERATION ${generation.number}`, 'title'), span(`  ${against}`, 'muted')];
}

/** Facts of one row each, then the lists in what is left. */
function comparisonRows(
  found: GenerationComparison,
  kind: ProfileTarget['kind'],
  height: number,
  width: number,
  style: RowStyle,
): Span[][] {
  const { version, kernel, sizeDifferenceBytes, pathsAdded, pathsRemoved, rebuilt } = found;
  const system = kind === 'system';
  const rows = [
    ...(version === null
      ? []
      : [fact(system ? 'NixOS' : 'version', [span(`${version.from} → ${version.to}`)])]),
    ...(system ? [kernelFact(kernel)] : []),
    fact('size', [
      span(sizeDifferenceBytes === null ? unknown : formatSignedBytes(sizeDifferenceBytes)),
      span(`  ${plural(pathsAdded, 'new store path')}, ${pathsRemoved} gone`, 'muted'),
    ]),
  ];
  const lists = [
    { label: 'changed', items: found.changed.map(changeText) },
    { label: 'gone', items: found.removed.map(changeText) },
    { label: 'new', items: found.added.map(changeText) },
    {
      label: 'units',
      items: [...found.unitsRemoved.map((u) => `-${u}`), ...found.unitsAdded.map((u) => `+${u}`)],
    },
    { label: 'rebuilt', items: rebuilt === 0 ? [] : [`${plural(rebuilt, 'package')} of the same version`] },
  ].filter(({ items }) => items.length > 0);
  if (lists.length === 0) rows.push(fact('packages', [span('the same', 'muted')]));
  for (const [index, { label, items }] of lists.entries()) {
    const left = height - rows.length - (lists.length - index - 1);
    rows.push(...listRows(label, items, Math.max(1, left), width, style));
  }
  return rows;
}

function kernelFact(kernel: GenerationComparison['kernel']): Span[] {
  if (kernel === null) return fact('kernel', [span('the same', 'muted')]);
  return fact('kernel', [span(`${kernel.from} → ${kernel.to}  with the next boot`, 'warning')]);
}

/** `firefox 130.0 → 129.0`, `jq 1.7.1`. */
function changeText({ name, from, to }: PackageChange): string {
  if (from.length === 0 || to.length === 0) return `${name} ${versionsText([...from, ...to])}`;
  return `${name} ${versionsText(from)} → ${versionsText(to)}`;
}

const shownVersions = 3;

function versionsText(versions: readonly string[]): string {
  const more = versions.length - shownVersions;
  return versions.slice(0, shownVersions).join(', ') + (more > 0 ? ` +${more}` : '');
}

/** Items side by side on up to `height` rows; the first has the label and how many there are. */
function listRows(
  label: string,
  items: readonly string[],
  height: number,
  width: number,
  style: RowStyle,
): Span[][] {
  const room = width - labelColumns;
  const columns = (items: readonly string[]) => textColumns(printable(items.join(separator), style.unicode));
  const lines: string[][] = [];
  let hidden = items.length;
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && columns([...last, item]) <= room) last.push(item);
    else if (lines.length < height) lines.push([item]);
    else break;
    hidden -= 1;
  }
  const last = lines.at(-1);
  // What says that there is more must itself have room.
  while (
    last !== undefined &&
    last.length > 1 &&
    hidden > 0 &&
    columns(last) + moreText(hidden).length > room
  ) {
    last.pop();
    hidden += 1;
  }
  return lines.map((line, index) => {
    const more = index === lines.length - 1 && hidden > 0 ? [span(moreText(hidden), 'muted')] : [];
    const title = index > 0 ? '' : items.length > 1 ? `${label} ${items.length}` : label;
    return fact(title, [span(line.join(separator)), ...more]);
  });
}
const separator = ' · ';

function moreText(count: number): string {
  return `  and ${count} more`;
}

function fact(label: string, spans: readonly Span[]): Span[] {
  return [{ text: ` ${label}`, width: labelColumns, tone: 'muted' }, ...spans];
}
