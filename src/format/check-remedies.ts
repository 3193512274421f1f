/** Ways out as the items of the checks name them, each one line in their tables. */
import type { Remedy } from '../model/diagnosis/remedy.ts';

export function advice(title: string, risk: string | null = null): Remedy {
  return { kind: 'advice', title, risk };
}

/** To be typed here. */
export function here(command: string, title: string, risk: string | null = null): Remedy {
  return { kind: 'command', command, root: false, title, risk };
}

/** To be typed on the target, as root. */
export function there(command: string, title: string, risk: string | null = null): Remedy {
  return { kind: 'command', command, root: true, title: `on the target: ${title}`, risk };
}

export function settings(lines: readonly string[], title: string, risk: string | null = null): Remedy {
  return { kind: 'nix', lines, title, risk };
}
