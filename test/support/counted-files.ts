/** A file port over a Map that counts what is opened and read, and itself makes next to nothing anew. */
import { fail, ok, type Result } from '../../src/base/problem.ts';
import type { Files, KeptFile } from '../../src/platform/ports.ts';

export interface FileCounts {
  /** Paths of what was opened, and of directories that were listed. */
  opened: string[];
  listed: string[];
  /** Of files kept open or not. */
  reads: number;
  bytes: number;
  /** On threads of the pool. */
  slow: number;
}

export interface CountedFiles extends Files {
  /** Since the last `forget`. */
  readonly counts: Readonly<FileCounts>;
  forget(): void;
  set(path: string, text: string): void;
  remove(path: string): void;
}

interface Box {
  result: Result<string>;
}

export function createCountedFiles(): CountedFiles {
  const boxes = new Map<string, Box>();
  const counts: FileCounts = { opened: [], listed: [], reads: 0, bytes: 0, slow: 0 };

  function readFrom(box: Box): Result<string> {
    counts.reads += 1;
    if (box.result.ok) counts.bytes += box.result.value.length;
    return box.result;
  }
  function open(path: string): Box | null {
    counts.opened.push(path);
    return boxes.get(path) ?? null;
  }
  function namesIn(path: string): Result<readonly string[]> {
    const names = new Set<string>();
    for (const name of boxes.keys()) {
      if (name.startsWith(`${path}/`)) names.add(name.slice(path.length + 1).split('/')[0] as string);
    }
    return names.size === 0 ? fail('gone', path) : ok([...names]);
  }
  async function slowly<T>(found: Result<T> | undefined, path: string): Promise<Result<T>> {
    counts.slow += 1;
    return found ?? fail('gone', path);
  }
  const files: CountedFiles = {
    live: true,
    read(path) {
      const box = open(path);
      return box === null ? fail('gone', path) : readFrom(box);
    },
    keep(path): KeptFile {
      const box = open(path);
      // As with the real port: a file of the system that is not there is looked for again, a process is not.
      if (box === null) {
        const isProcess = /^\/proc\/\d/.test(path);
        return { read: () => (isProcess ? fail('gone', path) : files.read(path)), close: () => {} };
      }
      return { read: () => readFrom(box), close: () => {} };
    },
    list(path) {
      counts.listed.push(path);
      return namesIn(path);
    },
    link: (path) => fail('gone', path),
    readSlow: (path) => slowly(boxes.get(path)?.result, path),
    linkSlow: (path) => slowly<string>(undefined, path),
    listSlow: (path) => slowly(namesIn(path), path),
    ownerSlow: (path) => slowly<never>(undefined, path),
    spaceSlow: (path) => slowly<never>(undefined, path),
    counts,
    forget() {
      Object.assign(counts, { opened: [], listed: [], reads: 0, bytes: 0, slow: 0 });
    },
    set(path, text) {
      const box = boxes.get(path);
      if (box === undefined) boxes.set(path, { result: ok(text) });
      else if (!box.result.ok || box.result.value !== text) box.result = ok(text);
    },
    /** Who has it open is told that it is gone. */
    remove(path) {
      for (const [name, box] of boxes) {
        if (name !== path && !name.startsWith(`${path}/`)) continue;
        box.result = fail('gone', name);
        boxes.delete(name);
      }
    },
  };
  return files;
}
