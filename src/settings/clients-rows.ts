/** `[clients]`: which programs count as clients, besides the tools that are known (model/forest/nix-tools.ts). */
import type { SettingRow, SettingValue } from '../model/settings/setting.ts';

export interface ClientSettings {
  /** By name, without a directory. */
  readonly tools: readonly string[];
}

export const clientsRows: readonly SettingRow[] = [
  {
    key: 'clients.tools',
    type: { kind: 'words' },
    usual: [],
    help: 'Programs and scripts of your own that start commands of Nix: each is a client by its name, with all that it starts.',
  },
];

/** By the name without its section. */
export function clientSettingsOf(values: ReadonlyMap<string, SettingValue>): ClientSettings {
  const tools = values.get('tools');
  return { tools: Array.isArray(tools) ? tools.filter((one) => typeof one === 'string') : [] };
}
