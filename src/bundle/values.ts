/** Files of the kernel whose values are a line or two: many of them in one text, each with its path. */
import { type Problem, problemText, type Result } from '../base/problem.ts';
import type { Files } from '../platform/ports.ts';
import type { GatherContext } from './source.ts';

/** Paths, each of whose parts may have `*`; of procfs and sysfs alone, which wait for no disk. */
export function expand(files: Pick<Files, 'list'>, pattern: string, most = 512): readonly string[] {
  let found = [''];
  for (const part of pattern.split('/').filter((one) => one !== '')) {
    if (!part.includes('*')) {
      found = found.map((path) => `${path}/${part}`);
      continue;
    }
    const fits = new RegExp(`^${part.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
    found = found.flatMap((path) => {
      const names = files.list(path === '' ? '/' : path);
      return names.ok ? names.value.filter((name) => fits.test(name)).map((name) => `${path}/${name}`) : [];
    });
    found = found.slice(0, most);
  }
  return found;
}

/** Files that make the kernel do something: they are written, and one even by reading. */
const orders = /\/(?:compact_memory|drop_caches|stat_refresh|reclaim)$/;
const deadlineMs = 400;
const maxBytes = 256 << 10;

/** `path: value`, or the path and its lines below it. What is not there is left out where the pattern has a `*`. */
export async function readValues(
  files: Pick<Files, 'list' | 'readSlow'>,
  patterns: readonly string[],
  ended: AbortSignal,
): Promise<{ readonly text: string; readonly problems: readonly Problem[] }> {
  const lines: string[] = [];
  const problems: Problem[] = [];
  for (const pattern of patterns) {
    for (const path of expand(files, pattern)) {
      if (ended.aborted) break;
      if (orders.test(path)) continue;
      // Some ask a driver, which may ask a disk.
      const read = await files.readSlow(path, { deadlineMs, maxBytes });
      if (read.ok) lines.push(valueText(path, read));
      else if (read.problem.kind !== 'gone') {
        // A driver that has no such value says EINVAL, ENODATA or the like.
        if (read.problem.kind === 'denied' || read.problem.kind === 'timeout') problems.push(read.problem);
        lines.push(`${path}: (${read.problem.kind}${read.problem.cause ? `, ${read.problem.cause}` : ''})`);
      }
    }
  }
  return { text: lines.length === 0 ? '' : `${lines.join('\n')}\n`, problems };
}

function valueText(path: string, read: Result<string>): string {
  if (!read.ok) return `${path}: (${problemText(read.problem)})`;
  const value = read.value.replaceAll('\0', ' ').trimEnd();
  return value.includes('\n') ? `==> ${path} <==\n${value}` : `${path}: ${value}`;
}

/** Gathers one such text. */
export function gatherValues(name: string, patterns: readonly string[]) {
  return async (context: GatherContext) => {
    const { text, problems } = await readValues(context.ports.files, patterns, context.ended);
    for (const problem of problems) context.miss(problem);
    if (text === '') return { ok: false, problem: { kind: 'gone', where: patterns[0] ?? name } } as const;
    context.emit({ name, body: text.slice(0, context.mostBytes), cut: cutText(text, context.mostBytes) });
    return { ok: true, value: undefined } as const;
  };
}

/** Why a text that is longer is not whole. */
export function cutText(text: string, most: number): string | null {
  return text.length > most ? `the first ${most} of ${text.length} characters` : null;
}
