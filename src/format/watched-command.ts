/** The command that is watched, in words. */
import { oneLine, printable } from '../base/text.ts';
import { type CommandSignal, signalAfter, type WatchedCommand } from '../model/ui/watched-command.ts';

/** `sudo nixos-rebuild switch`; a word with spaces as a shell would want it. */
export function commandText({ words }: Pick<WatchedCommand, 'words'>): string {
  return printable(oneLine(words.map(quoted).join(' ')));
}

function quoted(word: string): string {
  return word === '' || /[\s'"]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word;
}

/** Beside its name, while it is asked to end. */
export function askedText({ asked }: WatchedCommand): string {
  return asked === null ? '' : `${asked} sent`;
}

const verbs: Readonly<Record<CommandSignal, string>> = {
  SIGINT: 'interrupts',
  SIGTERM: 'terminates',
  SIGKILL: 'kills',
};

/** What the next Ctrl-C does: `interrupts`. */
export function nextSignal({ asked }: Pick<WatchedCommand, 'asked'>): string {
  return verbs[signalAfter(asked)];
}
