/** Fields of pressure stall information, the same for every resource. */

import type { Model } from '../model.ts';
import type { PressureResource } from '../sample.ts';
import type { Field } from './field.ts';
import { problemFieldsOf } from './notes.ts';

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

export const pressureFields: readonly Field<Model>[] = resources.flatMap(({ id, title, some, full }) => [
  ...lineFields(id, title, 'some', some),
  ...lineFields(id, title, 'full', full),
  {
    id: `pressure.${id}.level`,
    json: `pressure.${id}.level`,
    title: `${title} level`,
    unit: 'text',
    kind: 'fact',
    help: '`ok`, `warning` or `critical`.',
    read: (model) => model.pressure[id].level,
  },
  {
    id: `pressure.${id}.since`,
    json: `pressure.${id}.sinceSec`,
    title: `${title} since`,
    unit: 's',
    kind: 'gauge',
    help: 'For how long the level has not been `ok`; null while it is.',
    read: (model) => secondsSince(model, model.pressure[id].sinceMs),
  },
  ...problemFieldsOf<Model>(
    'there are no numbers',
    (model) => model.pressure[id].problem,
    `pressure.${id}.`,
    `${title} `,
  ),
]);

function lineFields(
  id: PressureResource,
  title: string,
  line: 'some' | 'full',
  meaning: string,
): Field<Model>[] {
  const averages = [
    { key: 'avg10', seconds: 10 },
    { key: 'avg60', seconds: 60 },
    { key: 'avg300', seconds: 300 },
  ] as const;
  return [
    ...averages.map(
      ({ key, seconds }): Field<Model> => ({
        id: `pressure.${id}.${line}.${key}`,
        json: `pressure.${id}.${line}.${key}`,
        title: `${title} ${line} ${key}`,
        unit: 'percent',
        kind: 'gauge',
        help: `Share of the last ${seconds} s in which ${meaning} (the kernel's average, /proc/pressure/${id}).`,
        read: (model) => model.pressure[id][line]?.[key],
      }),
    ),
    {
      id: `pressure.${id}.${line}.tick`,
      json: `pressure.${id}.${line}.tickPercent`,
      title: `${title} ${line}`,
      unit: 'percent',
      kind: 'gauge',
      help: `Exact share of the last tick in which ${meaning} (from \`total\` over elapsed monotonic time).`,
      read: (model) => model.pressure[id][line]?.tickPercent,
    },
  ];
}

/** How long ago a monotonic moment was, by the model's own clock. */
export function secondsSince(model: Model, sinceMs: number | null): number | null {
  return sinceMs === null ? null : Math.max(0, (model.monotonicMs - sinceMs) / 1000);
}
