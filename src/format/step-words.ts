/** Steps of the tools around Nix, in words. */
import { listText } from '../base/plural.ts';
import type { ToolStep, ToolStepLine } from '../model/rebuild/tool-step.ts';

const words: Readonly<Record<ToolStep, string>> = {
  'building-nix': 'building Nix',
  building: 'building',
  copying: 'copying',
  profile: 'profile set',
  checks: 'checks',
  bootloader: 'bootloader',
  stopping: 'stopping',
  activating: 'activating',
  'restarting-systemd': 'restarting systemd',
  'reloading-users': 'reloading user units',
  reloading: 'reloading',
  restarting: 'restarting',
  starting: 'starting',
  done: 'done',
};

/** `restarting nginx.service and 3 more`. */
export function stepText({ step, names }: ToolStepLine): string {
  return names.length === 0 ? words[step] : `${words[step]} ${listText(names, 3)}`;
}
