/** The static inventory that systeminformation gathers (it starts processes): CPU and disk models. */
import type * as systeminformation from 'systeminformation';
import type { Clock } from '../platform/ports.ts';

export type SystemInformation = typeof systeminformation;
/** Injected by the composition root, so that nothing loads the package before it is wanted. */
export type LoadSystemInformation = () => Promise<Pick<SystemInformation, 'cpu' | 'blockDevices'>>;

export interface Inventory {
  readonly cpuModel: string | null;
  readonly diskModels: Readonly<Record<string, string>>;
}

const nothing: Inventory = { cpuModel: null, diskModels: {} };

/** Never rejects: an inventory that cannot be had, or takes longer than `deadlineMs`, is empty. */
export async function readInventory(
  load: LoadSystemInformation,
  clock: Clock,
  deadlineMs = 10_000,
): Promise<Inventory> {
  let cancel = (): void => {};
  const late = new Promise<Inventory>((resolve) => {
    cancel = clock.after(deadlineMs, () => resolve(nothing));
  });
  const gathered = gather(load).catch(() => nothing);
  const inventory = await Promise.race([gathered, late]);
  cancel();
  return inventory;
}

async function gather(load: LoadSystemInformation): Promise<Inventory> {
  const system = await load();
  // lsblk names models; diskLayout() would also run smartctl, which can wake a sleeping disk.
  const [cpu, blocks] = await Promise.all([system.cpu(), system.blockDevices()]);
  const diskModels: Record<string, string> = {};
  for (const block of blocks) {
    const model = block.model?.trim();
    if (block.type === 'disk' && model) diskModels[block.name] = model;
  }
  const cpuModel = [cpu.manufacturer, cpu.brand].filter(Boolean).join(' ').trim();
  return { cpuModel: cpuModel === '' ? null : cpuModel, diskModels };
}
