/** Reads below directories of sysfs and procfs of which one may hang: then the others of it are left alone. */
import type { Result } from '../base/problem.ts';
import type { Files } from '../platform/ports.ts';

/** Null: not there, not ours to read, no answer. Texts without the white space around them. */
export interface Below {
  text(name: string): Promise<string | null>;
  number(name: string): Promise<number | null>;
  list(name: string): Promise<readonly string[] | null>;
}

/** Nobody waits for it. */
const deadlineMs = 2000;

/**
 * `below('/sys/block/sda')`: what is read of it. After one that does not answer nothing else of the directory is asked,
 * this time and the next, until that one answers: a second read would only hold a second thread.
 */
export function createCarefulReads(files: Files): (directory: string) => Below {
  /** By directory, the read that did not come back. */
  const hung = new Map<string, () => Promise<Result<unknown>>>();

  return (directory) => {
    let asked: Promise<boolean> | undefined;
    /** Whether the one that hung is back. */
    const answers = async (): Promise<boolean> => {
      const before = hung.get(directory);
      if (before === undefined) return true;
      const again = await before();
      if (!again.ok && again.problem.kind === 'timeout') return false;
      hung.delete(directory);
      return true;
    };
    async function attempt<T>(read: () => Promise<Result<T>>): Promise<T | null> {
      asked ??= answers();
      if (!(await asked) || hung.has(directory)) return null;
      const result = await read();
      if (result.ok) return result.value;
      if (result.problem.kind === 'timeout') hung.set(directory, read);
      return null;
    }
    const pathOf = (name: string) => (name === '' ? directory : `${directory}/${name}`);
    const text = async (name: string) =>
      (await attempt(() => files.readSlow(pathOf(name), { deadlineMs })))?.trim() ?? null;
    return {
      text,
      number: async (name) => {
        const found = await text(name);
        return found !== null && /^-?\d+$/.test(found) && Number.isFinite(Number(found))
          ? Number(found)
          : null;
      },
      list: (name) => attempt(() => files.listSlow(pathOf(name), { deadlineMs })),
    };
  };
}
