/** Fields of pressure stall information, the same for every resource. */

import type { Model, Pressure, PressureLine } from '../model.ts';
import type { PressureResource } from '../sample.ts';
import { type Field, percent, seconds, text, within } from './field.ts';
import { problemFieldsOf } from './shared.ts';

const resources: readonly { id: PressureResource; title: string; some: string; full: string }[] = [
  {
    id: 'memory',
    title: 'memory',
    some: 'at least one task waited for memory',
    full: 'no task could work because all waited for memory',
  },
  {
    id: 'io',
    title: 'I/O',
    some: 'at least one task waited for a disk',
    full: 'no task could work because all waited for a disk',
  },
  {
    id: 'cpu',
    title: 'CPU',
    some: 'at least one task waited for a CPU',
    full: 'no task ran (of the whole machine always 0)',
  },
  {
    id: 'irq',
    title: 'IRQ',
    some: 'not counted by the kernel',
    full: 'tasks waited for interrupts to be handled',
  },
];

export const pressureFields: readonly Field<Model>[] = resources.flatMap(({ id, title, some, full }) => {
  const ofThis = (fields: readonly Field<Pressure>[]) =>
    within(`pressure.${id}`, (m: Model) => m.pressure[id], fields);
  return [
    ...ofThis([
      ...within('some', (p: Pressure) => p.some, lineFields(id, `${title} some`, some)),
      ...within('full', (p: Pressure) => p.full, lineFields(id, `${title} full`, full)),
      text('level', `${title} level`, '`ok`, `warning` or `critical`.'),
    ]),
    seconds(
      `pressure.${id}.sinceSec`,
      `${title} since`,
      'For how long the level has not been `ok`; null while it is.',
      (m: Model) => secondsSince(m, m.pressure[id].sinceMs),
    ),
    ...ofThis(problemFieldsOf('there are no numbers', `${title} `)),
  ];
});

function lineFields(id: PressureResource, title: string, meaning: string): readonly Field<PressureLine>[] {
  const average = (sec: number) =>
    `Share of the last ${sec} s in which ${meaning} (the kernel's average, /proc/pressure/${id}).`;
  return [
    percent('avg10', `${title} avg10`, average(10)),
    percent('avg60', `${title} avg60`, average(60)),
    percent('avg300', `${title} avg300`, average(300)),
    percent(
      'tickPercent',
      title,
      `Exact share of the last tick in which ${meaning} (from \`total\` over elapsed monotonic time).`,
    ),
  ];
}

/** How long ago a monotonic moment was, by the model's own clock. */
function secondsSince(model: Model, sinceMs: number | null): number | null {
  return sinceMs === null ? null : Math.max(0, (model.monotonicMs - sinceMs) / 1000);
}
