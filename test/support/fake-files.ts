/**
 * A file port over a Map, for samplers and loops: what is there, denied, missing or hung is said per
 * path, and every read is counted. For reading whole captured trees use the real port with a root.
 */
import { fail, ok, type ProblemKind, type Result } from '../../src/base/problem.ts';
import type { FileOwner, Files, FilesystemSpace, KeptFile } from '../../src/platform/ports.ts';

/** Content; a link; a failure; `hangs`: slow reads never come back (and say `timeout`). */
export type FakeEntry =
  | string
  | { readonly link: string }
  | { readonly problem: ProblemKind; readonly cause?: string }
  | { readonly hangs: true };

export interface FakeFiles extends Files {
  set(path: string, entry: FakeEntry): void;
  /** Removes a file, or a directory with all below it. Files kept open say `gone` from now on. */
  remove(path: string): void;
  setOwner(path: string, owner: Partial<FileOwner>): void;
  setSpace(path: string, space: FilesystemSpace): void;
  /** Reads by path since the last `forget()`: `read`, `keep`, `list`, `link`, `readSlow` … and the path. */
  readonly calls: readonly { readonly call: string; readonly path: string }[];
  count(call: string, path?: string | RegExp): number;
  forget(): void;
  /** Kept files not closed. */
  readonly kept: number;
}

const plainOwner: FileOwner = {
  uid: 0,
  device: 1,
  inode: 1,
  mode: 0o100755,
  mtimeMs: 0,
  changedMs: 0,
  bornMs: 0,
  bytes: 0,
};

export function createFakeFiles(tree: Readonly<Record<string, FakeEntry>> = {}, live = true): FakeFiles {
  /** A box per file: what is kept open stays bound to its box when the path gets another. */
  const boxes = new Map<string, { entry: FakeEntry; removed: boolean }>();
  const owners = new Map<string, FileOwner>();
  const spaces = new Map<string, FilesystemSpace>();
  let calls: { call: string; path: string }[] = [];
  let kept = 0;
  for (const [path, entry] of Object.entries(tree)) boxes.set(path, { entry, removed: false });

  function failure(path: string, entry: FakeEntry): Result<never> | null {
    if (typeof entry === 'string') return null;
    if ('problem' in entry) return fail(entry.problem, path, entry.cause);
    if ('hangs' in entry) return fail('timeout', path);
    return null;
  }
  function content(path: string, hops = 0): Result<string> {
    const box = boxes.get(path);
    if (!box)
      return names(path).length > 0 ? fail('malformed', path, 'it is a directory') : fail('gone', path);
    if (typeof box.entry === 'object' && 'link' in box.entry) {
      return hops > 40 ? fail('malformed', path, 'ELOOP') : content(box.entry.link, hops + 1);
    }
    return failure(path, box.entry) ?? ok(box.entry as string);
  }
  function names(path: string): string[] {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    const found = new Set<string>();
    for (const name of boxes.keys()) {
      const first = name.startsWith(prefix) ? name.slice(prefix.length).split('/')[0] : undefined;
      if (first) found.add(first);
    }
    return [...found];
  }
  function listing(path: string): Result<readonly string[]> {
    const box = boxes.get(path);
    const failed = box ? failure(path, box.entry) : null;
    if (failed) return failed;
    const found = names(path);
    return found.length > 0 ? ok(found) : fail('gone', path);
  }
  function linkText(path: string): Result<string> {
    const box = boxes.get(path);
    if (!box) return fail('gone', path);
    if (typeof box.entry === 'object' && 'link' in box.entry) return ok(box.entry.link);
    return failure(path, box.entry) ?? fail('malformed', path, 'EINVAL');
  }
  function owner(path: string, follow: boolean, hops = 0): Result<FileOwner> {
    const set = owners.get(path);
    if (set) return ok(set);
    const box = boxes.get(path);
    const failed = box ? failure(path, box.entry) : null;
    if (failed) return failed;
    if (!box && names(path).length === 0) return fail('gone', path);
    if (follow && typeof box?.entry === 'object' && 'link' in box.entry) {
      const target = hops > 40 ? fail('malformed', path, 'ELOOP') : owner(box.entry.link, true, hops + 1);
      return target.ok || target.problem.kind !== 'gone' ? target : fail('gone', path);
    }
    return ok(plainOwner);
  }
  function counted<T>(call: string, read: (path: string) => T): (path: string) => T {
    return (path) => {
      calls.push({ call, path });
      return read(path);
    };
  }
  const later =
    <T>(read: (path: string) => T) =>
    async (path: string): Promise<T> =>
      read(path);

  return {
    live,
    read: counted('read', content),
    list: counted('list', listing),
    link: counted('link', linkText),
    keep: counted('keep', (path): KeptFile => {
      const box = boxes.get(path);
      kept += 1;
      let open = true;
      return {
        read() {
          calls.push({ call: 'kept', path });
          if (!box)
            return path.startsWith('/proc/') && /^\/proc\/\d/.test(path) ? fail('gone', path) : content(path);
          if (box.removed) return fail('gone', path);
          return failure(path, box.entry) ?? ok(typeof box.entry === 'string' ? box.entry : '');
        },
        close() {
          if (open) kept -= 1;
          open = false;
        },
      };
    }),
    readSlow: (path, options) =>
      counted(
        'readSlow',
        later(content),
      )(path).then((result) => (result.ok ? ok(result.value.slice(0, options?.maxBytes ?? 65_536)) : result)),
    linkSlow: counted('linkSlow', later(linkText)),
    listSlow: counted('listSlow', later(listing)),
    ownerSlow: (path, options) => {
      calls.push({ call: 'ownerSlow', path });
      return Promise.resolve(owner(path, options?.follow === true));
    },
    spaceSlow: counted(
      'spaceSlow',
      later((path) => {
        const space = spaces.get(path);
        const box = boxes.get(path);
        return (box ? failure(path, box.entry) : null) ?? (space ? ok(space) : fail('gone', path));
      }),
    ),
    set(path, entry) {
      const box = boxes.get(path);
      if (box) box.entry = entry;
      else boxes.set(path, { entry, removed: false });
    },
    remove(path) {
      for (const [name, box] of boxes) {
        if (name !== path && !name.startsWith(`${path}/`)) continue;
        box.removed = true;
        boxes.delete(name);
      }
    },
    setOwner: (path, owner) => owners.set(path, { ...plainOwner, inode: owners.size + 2, ...owner }),
    setSpace: (path, space) => spaces.set(path, space),
    get calls() {
      return calls;
    },
    count: (call, path) =>
      calls.filter(
        (made) =>
          made.call === call &&
          (path === undefined || (typeof path === 'string' ? made.path === path : path.test(made.path))),
      ).length,
    forget() {
      calls = [];
    },
    get kept() {
      return kept;
    },
  };
}
