/** The machine, as maintainers ask for it: the lines of nix-info(1) that a recording knows, and what it does not. */
import { bytesText } from '../../base/bytes.ts';
import type { Incident } from '../../model/incident/incident.ts';
import { type Page, plain } from './markdown.ts';

export function environmentLines({ host, environment }: Incident, page: Page): readonly string[] {
  const { memoryTotalBytes, swapTotalBytes, daemon, sandbox, systems, filesystems, disks } = environment;
  const line = (name: string, value: string | null) =>
    `- ${name}: ${value === null ? 'not known' : plain(value, page)}`;
  const flag = (value: boolean | null) => (value === null ? null : value ? 'yes' : 'no');
  const os = [host.kernel === null ? null : `Linux ${host.kernel}`, host.system].filter(
    (one) => one !== null,
  );
  const swap = swapTotalBytes === null ? '' : `, swap ${bytesText(swapTotalBytes)}`;
  const cpu = [host.cpus === null ? null : `${host.cpus} x`, host.cpuModel].filter((one) => one !== null);
  const spaces = filesystems.map(({ path, type, totalBytes, availableBytes }) => {
    return `${path} ${type} ${bytesText(availableBytes)} free of ${bytesText(totalBytes)}`;
  });
  return [
    line('system', systems.length === 0 ? null : systems.join(', ')),
    line('host os', os.length === 0 ? null : os.join(', ')),
    line('multi-user?', flag(daemon)),
    line('sandbox', flag(sandbox)),
    line('version', host.nixVersion === null ? null : `nix (Nix) ${host.nixVersion}`),
    line('CPU', cpu.length === 0 ? null : cpu.join(' ')),
    line('memory', memoryTotalBytes === null ? null : `${bytesText(memoryTotalBytes)}${swap}`),
    line('file systems at the end', spaces.length === 0 ? null : spaces.join('; ')),
    line(
      'disks',
      disks.length === 0
        ? null
        : disks.map(({ device, model }) => (model === null ? device : `${device} (${model})`)).join(', '),
    ),
    '- channels, nixpkgs, settings: not in a recording',
  ];
}
