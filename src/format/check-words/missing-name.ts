/** That a flake or file has no configuration of the name that it was asked for, in both checks. */
import { shellWord } from '../../base/shell-word.ts';
import type { Remedy } from '../../model/diagnosis/remedy.ts';
import { here } from '../check-remedies.ts';

export function noSuchName(configuration: string): string {
  return `there is no configuration of that name: ${configuration}`;
}

/** `nix flake show` knows no files. */
export function listNames(configuration: string): Remedy {
  const reference = configuration.replace(/#.*/, '');
  return reference.endsWith('.nix')
    ? here(`nix-instantiate --eval ${shellWord(reference)}`, 'use one of the names that the file has')
    : here(`nix flake show ${shellWord(reference)}`, 'use one of the names that the flake has');
}
