/** What `nix store verify` and `nix-store --verify` say about store paths. */
import type { FindingKind } from '../model/nix-store/store-check.ts';
import { activity, type NixEvent, result } from './internal-json.ts';

export type VerifyNote =
  /** All paths: how many are through (bad ones too), how many there are. */
  | { readonly kind: 'progress'; readonly done: number; readonly expected: number }
  /** One path is through, good or bad. */
  | { readonly kind: 'checked'; readonly path: string }
  | {
      readonly kind: 'found';
      readonly path: string;
      readonly finding: FindingKind;
      readonly text: string | null;
    }
  /** Deleted while the verification ran: nothing is wrong with it. */
  | { readonly kind: 'deleted'; readonly path: string }
  /** `nix-store --verify` removed its row from the database. */
  | { readonly kind: 'dropped'; readonly path: string }
  | { readonly kind: 'stage'; readonly text: string }
  /** An error that names no path of the store. */
  | { readonly kind: 'complaint'; readonly text: string };

export interface VerifyReader {
  read(event: NixEvent): VerifyNote | null;
  /** Call it when the process has ended by itself: the old command does not say the end of its last path. */
  end(): VerifyNote | null;
  /** True once the activity of a verification has begun: from then on the exit code is one of its bits. */
  readonly began: boolean;
}

/** Nix 2.26 says `//nix/store/…` of its own store: one slash of them is the path's. */
const path = String.raw`/*(/[^\s'/][^\s']*?/[0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\-._?=]+)`;
/** `checking '/nix/store/…'` of `nix store verify`, an activity of type 0. */
const checking = new RegExp(`^checking '${path}'$`);
/** `checking contents of '/nix/store/…'` of `nix-store --verify --check-contents -v`. */
const checkingContents = new RegExp(`^checking contents of '${path}'$`);
/** `path '/nix/store/…' was modified! expected hash 'sha256:…', got 'sha256:…'` */
const modified = new RegExp(`^path '${path}' was modified! (expected hash '[^']*', got '[^']*')`);
/**
 * `path '…' disappeared, removing from database...` and `path '…' disappeared, but it still has valid
 * referrers!` of `nix-store --verify`.
 */
const disappeared = new RegExp(`^path '${path}' disappeared, (removing|but)`);
/** `path '…' is not valid` of queryPathInfo. */
const notValid = new RegExp(`path '${path}' is not valid`);
const anyPath = new RegExp(path);
/**
 * `getting status of '/nix/store/…': No such file or directory`; since Nix 2.24 `path '/nix/store/…/' does not
 * exist`. What follows the path inside the quotes is a file within it, and that one is not the path.
 */
const absent = new RegExp(`'${path}/?'(?:: No such file or directory| does not exist)$`);
/** `reading the Nix store...`, `checking path existence...`, `checking link hashes...`, `checking store hashes...` */
const stage = /^(reading the Nix store|checking (?:path existence|link hashes|store hashes))\.\.\.$/;

export function createVerifyReader(): VerifyReader {
  /** Paths that are being checked, by activity. */
  const open = new Map<string, string>();
  let whole: string | null = null;
  let previous: string | null = null;

  return {
    get began() {
      return whole !== null;
    },
    end: () => through(null),
    read(event) {
      switch (event.kind) {
        case 'start': {
          if (event.type === activity.verifyPaths) whole = event.id;
          const found = checking.exec(event.text)?.[1];
          if (found !== undefined) open.set(event.id, found);
          return null;
        }
        case 'stop': {
          const checked = open.get(event.id);
          open.delete(event.id);
          return checked === undefined ? null : { kind: 'checked', path: checked };
        }
        case 'result': {
          const [first, expected, , failed] = event.fields;
          if (event.type === result.corruptedPath && typeof first === 'string')
            return { kind: 'found', path: first, finding: 'corrupt', text: null };
          if (event.type !== result.progress || event.id !== whole) return null;
          if (typeof first !== 'number' || typeof expected !== 'number') return null;
          return { kind: 'progress', done: first + (typeof failed === 'number' ? failed : 0), expected };
        }
        case 'msg':
          return ofText(event.raw ?? event.text, event.level);
        case 'plain':
          return ofText(event.text, null);
        case 'other':
          return null;
      }
    },
  };

  function through(next: string | null): VerifyNote | null {
    const path = previous;
    previous = next;
    return path === null ? null : { kind: 'checked', path };
  }

  function ofText(text: string, level: number | null): VerifyNote | null {
    const contents = checkingContents.exec(text)?.[1];
    if (contents !== undefined) {
      // It says when it begins with a path: then the one before is through.
      return through(contents);
    }
    return noteOfText(text, level);
  }
}

function noteOfText(text: string, level: number | null): VerifyNote | null {
  const changed = modified.exec(text);
  if (changed?.[1] !== undefined)
    return { kind: 'found', path: changed[1], finding: 'corrupt', text: changed[2] ?? null };
  const gone = disappeared.exec(text);
  if (gone?.[1] !== undefined) {
    return gone[2] === 'removing'
      ? { kind: 'dropped', path: gone[1] }
      : { kind: 'found', path: gone[1], finding: 'missing', text: 'other paths refer to it' };
  }
  const begun = stage.exec(text)?.[1];
  if (begun !== undefined) return { kind: 'stage', text: begun };
  return noteOfError(text, level);
}

/** Errors about one path of the store. */
function noteOfError(text: string, level: number | null): VerifyNote | null {
  const plain = text.replace(/^error: /, '');
  if (level === null ? plain === text : level > 0) return null;
  const invalid = notValid.exec(plain)?.[1];
  if (invalid !== undefined) return { kind: 'deleted', path: invalid };
  const [line = ''] = plain.split('\n');
  const found = anyPath.exec(line)?.[1];
  if (found === undefined) return { kind: 'complaint', text: line };
  return { kind: 'found', path: found, finding: absent.test(line) ? 'missing' : 'unreadable', text: line };
}
