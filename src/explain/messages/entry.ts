/** The parts that entries of the table are written with. */
import type { PossibleCause, Wording } from '../../model/advice/known-message.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';

/** One generation of words as it was really seen; without `versions` it is that of every version that is known. */
export function seen(
  pattern: RegExp,
  example: string,
  source: string,
  versions: Partial<Pick<Wording, 'since' | 'until' | 'maker'>> = {},
): Wording {
  return { pattern, since: null, until: null, maker: null, ...versions, example, source };
}

/** `confirm`: a command that changes nothing; null where nothing short would tell. The gentlest remedy first. */
export function because(text: string, confirm: string | null, ...remedies: readonly Remedy[]): PossibleCause {
  return { text, confirm, remedies };
}

/** A cause only where the facts are such. */
export function where(when: NonNullable<PossibleCause['when']>, cause: PossibleCause): PossibleCause {
  return { ...cause, when };
}

/** nixos-anywhere without --phases runs disko. */
export const formatsTarget = 'the disks of the target are formatted: all that is on them is lost';

export function run(title: string, command: string, risk: string | null = null): Remedy {
  return { kind: 'command', command, root: false, title, risk };
}

export function runAsRoot(title: string, command: string, risk: string | null = null): Remedy {
  return { kind: 'command', command, root: true, title, risk };
}

export function configure(title: string, lines: readonly string[], risk: string | null = null): Remedy {
  return { kind: 'nix', lines, title, risk };
}

export function advise(title: string, risk: string | null = null): Remedy {
  return { kind: 'advice', title, risk };
}
