/** Unit files of systemd as far as ours go: sections, one `Key=value` a line. */
import { readFileSync } from 'node:fs';

export type Unit = Readonly<Record<string, Readonly<Record<string, string>>>>;

export function readUnit(path: string): Unit {
  const unit: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const title = /^\[(\w+)\]$/.exec(line)?.[1];
    const pair = /^(\w+)=(.+)$/.exec(line);
    if (title !== undefined) {
      section = {};
      unit[title] = section;
    } else if (pair?.[1] !== undefined && pair[2] !== undefined) section[pair[1]] = pair[2];
    else throw new Error(`${path}: ${line}`);
  }
  return unit;
}
