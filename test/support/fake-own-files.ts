/** Our own files as a Map; a failure can be said per path. */
import { fail, ok, type ProblemKind } from '../../src/base/problem.ts';
import type { OwnFiles } from '../../src/platform/ports.ts';

export interface FakeOwnFiles extends OwnFiles {
  readonly texts: Map<string, string>;
  /** What every call on a path answers instead. */
  readonly failing: Map<string, ProblemKind>;
  /** Called before each write, with what is about to be written. */
  onReplace: (path: string, text: string) => void;
}

export function createFakeOwnFiles(texts: Readonly<Record<string, string>> = {}): FakeOwnFiles {
  const held = new Map(Object.entries(texts));
  const failing = new Map<string, ProblemKind>();
  const failure = (path: string) => {
    const kind = failing.get(path);
    return kind === undefined ? null : fail(kind, path);
  };
  return {
    texts: held,
    failing,
    onReplace: () => {},
    pending: 0,
    async read(path, { maxBytes } = {}) {
      const text = held.get(path)?.slice(0, maxBytes);
      return failure(path) ?? (text === undefined ? fail('gone', path) : ok(text));
    },
    async replace(path, text, { fresh = false } = {}) {
      const failed = failure(path);
      if (failed !== null) return failed;
      if (fresh && held.has(path)) return fail('malformed', path, 'EEXIST');
      this.onReplace(path, text);
      held.set(path, text);
      return ok(undefined);
    },
    async append(path, text) {
      const failed = failure(path);
      if (failed === null) held.set(path, (held.get(path) ?? '') + text);
      return failed ?? ok(undefined);
    },
    async removeLink(path) {
      return this.remove(path);
    },
    async remove(path) {
      const failed = failure(path);
      if (failed === null) held.delete(path);
      return failed ?? ok(undefined);
    },
  };
}
