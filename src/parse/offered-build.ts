/**
 * What became of a build that was offered to builders alone (`--max-jobs 0`), by Nix's machine log: which one took it,
 * what ssh and Nix said of those that could not, whether it waited for a slot, and how long its result came back.
 */
import { activity, type NixEvent, parseInternalJson } from './internal-json.ts';
import { waitOfText } from './wait-words.ts';

export interface OfferedBuild {
  /** Address of the builder that took it, as Nix writes it; null: none. */
  readonly builder: string | null;
  /** When it was connected to. */
  readonly takenMs: number | null;
  /** By such an address: lines of ssh (where it writes to our stderr, that is without a daemon), then what Nix made of them. */
  readonly complaints: ReadonlyMap<string, readonly string[]>;
  /** The one that it was connecting to at the end, or when it was interrupted. */
  readonly connecting: string | null;
  /** At the end it waited for a builder that has a free slot. */
  readonly waits: boolean;
  /** The derivation was copied there, as newer Nix does where it is not trusted. */
  readonly sent: boolean;
  /** From the start to the end of copying the output here. */
  readonly copySec: number | null;
  /** The daemon took no builders from us, but used its own. */
  readonly restricted: boolean;
  /** The sandbox there has no /bin/sh. */
  readonly noShell: boolean;
  /** The first error that is about no single builder. */
  readonly error: string | null;
}

export interface OfferedBuildReader {
  /** A line of stderr, and when it came: monotonic ms. */
  add(line: string, ms: number): void;
  end(): OfferedBuild;
}

/** build-remote.cc, up to the newest: `cannot build on 'ssh-ng://box': error: …`. */
const complaint = /^cannot build on ['"‘](.+?)['"’]: (?:error: )?([\s\S]*)$/;
const connects = /^connecting to ['"‘](.+?)['"’]/;
/** Daemon, src/libstore/daemon.cc (ClientSettings::apply). */
const notOurs = /^(?:warning: )?ignoring the client-specified setting 'builders'/;
/** `executing '/bin/sh': No such file or directory`. */
const shellMissing = /\/bin\/sh['"’]?[^\n]*No such file or directory/;
const mostLines = 40;
const mostLength = 400;

export function createOfferedBuildReader(paths: {
  readonly drv: string;
  /** What is copied back. */
  readonly output: string;
}): OfferedBuildReader {
  const complaints = new Map<string, readonly string[]>();
  let ofSsh: string[] = [];
  let connecting: string | null = null;
  let connectedMs: number | null = null;
  let copy: { readonly id: string; readonly sinceMs: number } | null = null;
  let builder: string | null = null;
  let waits = false;
  let copySec: number | null = null;
  let sent = false;
  let restricted = false;
  let noShell = false;
  let error: string | null = null;

  function begin({ id, type, text, fields: [first, second] }: NixEvent & { kind: 'start' }, ms: number) {
    const address = connects.exec(text)?.[1];
    if (address !== undefined) {
      // It stops with the connection, and when it is interrupted, too.
      connecting = address;
      connectedMs = ms;
      ofSsh = [];
      waits = false;
    } else if (type === activity.build && typeof second === 'string' && second !== '') {
      builder = second;
      connecting = null;
      waits = false;
    } else if (type === activity.copyPath && first === paths.output) copy = { id, sinceMs: ms };
    else if (type === activity.copyPath && first === paths.drv) sent = true;
    else if (type === activity.buildWaiting && waitOfText(text)?.kind === 'machine') {
      waits = true;
      connecting = null;
    }
  }

  function hear({ level, text, raw }: NixEvent & { kind: 'msg' }) {
    if (shellMissing.test(text)) noShell = true;
    if (notOurs.test(text)) restricted = true;
    const about = complaint.exec(text);
    if (about !== null) {
      complaints.set(about[1] ?? '', [...ofSsh, (about[2] ?? '').slice(0, mostLength)]);
      ofSsh = [];
      connecting = null;
    } else if (level === 0) error ??= gist(raw ?? text);
  }

  return {
    add(line, ms) {
      const event = parseInternalJson(line);
      switch (event.kind) {
        case 'start':
          return begin(event, ms);
        case 'stop':
          if (event.id === copy?.id) copySec = (ms - copy.sinceMs) / 1000;
          return;
        case 'msg':
          return hear(event);
        case 'plain': {
          const text = event.text.trim();
          if (text !== '' && ofSsh.length < mostLines) ofSsh.push(text.slice(0, mostLength));
        }
      }
    },
    end: () => ({
      ...{ builder, connecting, complaints, waits, sent, copySec, restricted, noShell, error },
      takenMs: builder === null ? null : connectedMs,
    }),
  };
}

/** One line of it: newer Nix gives the reason on the second one, and after it what it read of the log. */
function gist(text: string): string {
  const [told = ''] = text
    .replace(/^error: /, '')
    .split(/;?\n *(?:Output paths|last \d+ log lines|For full logs)/i);
  return told
    .replace(/\s*\n\s*/g, ' ')
    .trim()
    .slice(0, mostLength);
}
