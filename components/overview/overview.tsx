/** View 1: what is short, who takes it, since when. */
import type { ReactElement } from 'react';
import { BuildTable } from '../build-table/build-table.tsx';
import { Clients } from '../clients/clients.tsx';
import { Pressure } from '../pressure/pressure.tsx';

export function Overview(): ReactElement {
  return (
    <>
      <Pressure />
      <Clients />
      <BuildTable more={false} />
    </>
  );
}
