/** What `nixpulse watch` follows, whichever it is: a command, the standard input, a file. */
import type { Follower } from '../../followers/follower.ts';
import type { StreamOrigin } from '../../model/rebuild/followed.ts';
import type { CommandSignal, WatchedCommand } from '../../model/ui/watched-command.ts';
import type { PseudoTerminal } from '../../platform/pseudo-terminal.ts';

export interface Watched {
  readonly follower: Follower;
  /** Of the command that we started. */
  readonly pid: number | null;
  readonly origin: StreamOrigin['kind'];
  /** Null: nothing ends with us, so that `q` asks nothing. */
  readonly command: WatchedCommand | null;
  /** When the last of the stream can be taken; never for a file. */
  readonly ended: Promise<WatchedEnd>;
  /** Sends it on; false where nothing could be sent. */
  signal(name: CommandSignal | 'SIGHUP'): boolean;
  /** Where it asks a person; null: it has our terminal, or none. */
  readonly terminal: PseudoTerminal | null;
  /** What it wrote to its standard output while that could not be shown. */
  output(): Iterable<Uint8Array>;
}

export interface WatchedEnd {
  /** Null: not known. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}
