/** View 2: builds and their processes with all columns, clients with their workers below. */
import type { ReactElement } from 'react';
import { BuildTable } from '../build-table/build-table.tsx';
import { Pressure } from '../pressure/pressure.tsx';

export function Builds(): ReactElement {
  return (
    <>
      <Pressure />
      <BuildTable more />
    </>
  );
}
