/** The fleet as plain text, printed once: for pipes and files. */
import type { Fleet } from '../../model/fleet/machine.ts';
import { fitColumns, tableRow, titleRow } from '../columns.ts';
import type { RowStyle } from '../row.ts';
import { fleetColumns } from './fleet-columns.ts';
import { countWords } from './fleet-words.ts';

/** Lines without blanks at their ends. */
export function fleetText(fleet: Fleet, columns: number, style: RowStyle): string {
  const { machines } = fleet;
  if (machines.length === 0) return `${nobody}\n`;
  const fit = fitColumns(fleetColumns(''), columns, machines);
  const count = machines.length === 1 ? '1 machine' : `${machines.length} machines`;
  const lines = [
    `${count}: ${countWords(fleet)
      .map(({ text }) => text)
      .join(', ')}`,
    titleRow(fit, columns, style),
    ...machines.map((machine) => tableRow(fit, machine, columns, style)),
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export const nobody = 'no machine: this Prometheus has no metrics of nixpulse export (docs/fleet.md)';
