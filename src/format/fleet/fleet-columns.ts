/** The columns of the machines of a fleet; where room is short they go from the right. */
import type { FleetMachine } from '../../model/fleet/machine.ts';
import type { Column } from '../columns.ts';
import {
  ageWords,
  alertsWords,
  cachesWords,
  heaviestFindingWords,
  pressureWords,
  rebuildWords,
  stateWords,
  type Worded,
} from './fleet-words.ts';

function column(
  id: string,
  title: string,
  look: Pick<Column<FleetMachine>, 'width' | 'keep'> & Partial<Column<FleetMachine>>,
  cell: (machine: FleetMachine) => Worded,
): Column<FleetMachine> {
  return { id, title, align: 'left', ...look, cell };
}

/** `domain`: of all of them, as `sharedDomain` has it; their names stand without it. */
export function fleetColumns(domain: string): readonly Column<FleetMachine>[] {
  return [
    column('machine', 'MACHINE', { width: 12, keep: 100, most: 28 }, ({ name }) => ({
      text: name.slice(0, name.length - domain.length),
    })),
    ...facts,
  ];
}

const facts: readonly Column<FleetMachine>[] = [
  column('state', 'STATE', { width: 8, keep: 95 }, stateWords),
  column('rebuild', 'REBUILD', { width: 20, keep: 90, most: 32 }, ({ rebuild }) => rebuildWords(rebuild)),
  column('pressure', 'PRESSURE', { width: 15, keep: 80 }, ({ pressure }) => pressureWords(pressure)),
  column(
    'finding',
    'HEAVIEST FINDING',
    { width: 19, keep: 70, most: Number.POSITIVE_INFINITY },
    ({ findings }) => heaviestFindingWords(findings),
  ),
  column('caches', 'CACHES', { width: 10, keep: 60, most: 28 }, ({ caches }) => cachesWords(caches)),
  column('alerts', 'ALERTS', { width: 16, keep: 50, most: 28 }, ({ alerts }) => alertsWords(alerts)),
  column('age', 'AGE', { width: 7, keep: 40, align: 'right' }, ageWords),
];

/** `.example.org` where all names end so, else nothing; numbers are addresses. */
export function sharedDomain(machines: readonly FleetMachine[]): string {
  const [first, ...others] = machines.map(({ name }) => name);
  if (first === undefined || others.length === 0) return '';
  for (let at = first.indexOf('.'); at > 0; at = first.indexOf('.', at + 1)) {
    const domain = first.slice(at);
    if (/[A-Za-z]/.test(domain) && others.every((name) => name.endsWith(domain) && name !== domain))
      return domain;
  }
  return '';
}
