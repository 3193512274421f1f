/** A generation in a line, with its verdict. */
import { dateText, minuteText } from '../../base/clock-time.ts';
import { type Generation, unsoundReason } from '../../model/nix-store/generations.ts';
import type { Choice } from './choice.ts';
import { type Booted, bootedOf } from './choose.ts';

/** Newest first, so many; the chosen one is among them. */
const most = 10;

export function generationRows({ list, history, generation, passed }: Choice): readonly string[] {
  const newest = list.generations.slice(0, most);
  const shown = newest.includes(generation) ? newest : [...newest, generation];
  const left = list.generations.length - shown.length;
  return [
    ...shown.map((one) => {
      const flaw = unsoundReason(one) ?? passed.get(one.number);
      const booted = bootedOf(one, history);
      const known = booted.kind === 'unknown' ? [] : [bootedText(booted)];
      const verdict = flaw === undefined ? known : [`NOT SOUND: ${flaw}`];
      return `${one.number}: ${[generationText(one), ...marksOf(one), ...verdict].join(', ')}`;
    }),
    ...(left > 0 ? [`and ${left} older`] : []),
    `chosen: ${generation.number}`,
  ];
}

/** `25.05.20250611.3333333, Linux 6.12.31, of 2025-06-11`. */
export function generationText({ version, kernel, dateMs }: Generation): string {
  return [
    version ?? 'version unknown',
    kernel === null ? 'no kernel' : `Linux ${kernel}`,
    ...(dateMs === null ? [] : [`of ${dateText(dateMs)}`]),
  ].join(', ');
}

function marksOf({ isDefault, isRunning }: Generation): readonly string[] {
  return [...(isDefault ? ['the default'] : []), ...(isRunning ? ['runs now'] : [])];
}

export function bootedText(booted: Booted): string {
  switch (booted.kind) {
    case 'now':
      return 'booted now';
    case 'before':
      return `booted ${dateText(booted.atMs)} ${minuteText(booted.atMs)}`;
    case 'unseen':
      return `no boot of it since ${dateText(booted.sinceMs)}`;
    case 'unknown':
      return 'whether it ever booted is not known';
  }
}
