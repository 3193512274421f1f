/** The columns of the generations: what each is, whether it can be rolled back to, what it would cost. */

import { formatSignedBytes } from '../../src/base/bytes.ts';
import { dateText, minuteText } from '../../src/base/clock-time.ts';
import { unknown } from '../../src/base/number.ts';
import type { Cell, Column } from '../../src/format/columns.ts';
import type { ProfileTarget } from '../../src/model/intents/intent.ts';
import type { Generation, Soundness } from '../../src/model/nix-store/generations.ts';

export interface GenerationLine {
  readonly generation: Generation;
  /** Bytes of its closure less those of the default one. */
  readonly differenceBytes: number | null;
}

function column(
  id: string,
  title: string,
  look: Pick<Column<GenerationLine>, 'width' | 'keep'> & Partial<Column<GenerationLine>>,
  cell: (line: GenerationLine) => Cell,
): Column<GenerationLine> {
  return { id, title, align: 'left', ...look, cell };
}

const number = column('number', 'GEN', { align: 'right', width: 4, keep: 100 }, ({ generation }) => ({
  text: String(generation.number),
}));
const date = column('date', 'DATE', { width: 16, keep: 50 }, ({ generation: { dateMs } }) => ({
  // A boot menu shows local time too.
  text: dateMs === null ? unknown : `${dateText(dateMs)} ${minuteText(dateMs)}`,
}));
const version = (title: string) =>
  column('version', title, { width: 14, keep: 80, most: 24 }, ({ generation }) => ({
    text: shortVersion(generation.version),
  }));
const kernel = column('kernel', 'KERNEL', { width: 8, keep: 70, most: 20 }, ({ generation }) => ({
  text: generation.kernel ?? unknown,
}));
const marks = column('marks', 'NOW', { width: 15, keep: 90, most: 22 }, ({ generation }) => ({
  text: marksText(generation),
  tone: 'accent',
}));
const difference = column('difference', 'ΔSIZE', { align: 'right', width: 7, keep: 40 }, (line) => ({
  text: formatSignedBytes(line.differenceBytes),
}));
const state = column(
  'state',
  'STATE',
  { width: 8, keep: 95, most: Number.POSITIVE_INFINITY },
  ({ generation }) => soundnessCell(generation.soundness),
);

const columns: Readonly<Record<ProfileTarget['kind'], readonly Column<GenerationLine>[]>> = {
  system: [number, date, version('NIXOS'), kernel, marks, difference, state],
  'home-manager': [number, date, version('VERSION'), marks, difference, state],
  user: [number, date, marks, difference, state],
};

/** Of a profile kind; only those that can have something to say. */
export function generationColumns(kind: ProfileTarget['kind']): readonly Column<GenerationLine>[] {
  return columns[kind];
}

export function marksText({ isDefault, isRunning, isBooted }: Generation): string {
  return [isDefault ? 'default' : '', isRunning ? 'running' : '', isBooted ? 'booted' : '']
    .filter((mark) => mark !== '')
    .join(' ');
}

/** `25.05.20250618.4444444` without the commit: the date says as much in 14 columns. */
function shortVersion(version: string | null): string {
  return version?.replace(/^(\d+\.\d+(?:\.\d{8}|pre\d+))\.[0-9a-f]{7,40}$/, '$1') ?? unknown;
}

function soundnessCell(soundness: Soundness): Cell {
  switch (soundness.state) {
    case 'sound':
      return { text: 'sound', tone: 'muted' };
    case 'unsound':
      return { text: soundness.flaws.join(', '), tone: 'danger', lead: { text: 'unsound', tone: 'danger' } };
    case 'unknown':
      return { text: soundness.why, tone: 'warning', lead: { text: 'unknown', tone: 'warning' } };
  }
}
