/** How ssh is told where to go, for commands that are shown. */
import { shellWord } from '../base/shell-word.ts';
import { builderLogin } from '../model/cache-check/builder-host.ts';

/** `ssh-ng://nix@box:2222?…` is `-p 2222 -- nix@box`; what others chose is never an option. */
export function sshTo(address: string): string {
  const { login, port } = builderLogin(address);
  return `${port === null ? '' : `-p ${port} `}-- ${shellWord(login)}`;
}
