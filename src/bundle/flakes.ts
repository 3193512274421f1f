/** Flakes that a rebuild takes: what their flake.lock pins, and how old each input is. */
import { isFields, parseJsonObject } from '../base/fields.ts';
import { fail, ok, orNull } from '../base/problem.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import { parseCmdline } from '../parse/process-text.ts';
import type { GatherContext, SourceRow } from './source.ts';

const deadlineMs = 1000;
const lockBytes = 512 << 10;
const mostFlakes = 8;

export const flakeSource: SourceRow = {
  id: 'flakes',
  what: 'flake.lock of the configuration and of running commands, with the age of every input',
  from: '/etc/nixos/flake.lock, of --flake, of the command lines of running Nix commands',
  stage: 'files',
  timeMs: 8000,
  mostBytes: 2 << 20,
  redaction: 'text',
  gather: gatherFlakes,
};

async function gatherFlakes(context: GatherContext) {
  const { ports, emit, miss, facts, ended } = context;
  const directories = [...new Set([...facts.flakes, ...(await flakesOfCommands(context))])].slice(
    0,
    mostFlakes,
  );
  const lines: string[] = [];
  for (const directory of directories) {
    if (ended.aborted) break;
    const path = `${directory}/flake.lock`;
    const read = await ports.files.readSlow(path, { deadlineMs, maxBytes: lockBytes });
    if (!read.ok) {
      if (read.problem.kind !== 'gone') miss(read.problem);
      continue;
    }
    const written = await ports.files.ownerSlow(path, { deadlineMs, follow: true });
    const at = written.ok ? `, written ${new Date(written.value.mtimeMs).toISOString().slice(0, 19)}Z` : '';
    lines.push(`==> ${path}${at} <==`, ...inputLines(read.value, facts.startedMs), '');
    emit({ name: path.slice(1), body: read.value, redaction: 'json' });
  }
  if (lines.length === 0)
    return fail('gone', 'flake.lock', `none in ${directories.join(', ') || 'any place'}`);
  emit({ name: 'nix/flake-inputs.txt', body: `${lines.join('\n')}\n` });
  return ok(undefined);
}

/** `nix build /srv/config#x`, `nixos-rebuild --flake .#box` in the directory of the process. */
async function flakesOfCommands({ ports, ended }: GatherContext): Promise<readonly string[]> {
  const { files } = ports;
  const found: string[] = [];
  for (const pid of orNull(files.list('/proc')) ?? []) {
    if (!/^\d+$/.test(pid) || ended.aborted) continue;
    const comm = orNull(files.read(`/proc/${pid}/comm`))?.trim() ?? '';
    if (toolOfComm(comm) === null || comm === 'nix-daemon') continue;
    const text = await files.readSlow(`/proc/${pid}/cmdline`, { deadlineMs: 250 });
    const words = text.ok ? parseCmdline(text.value) : [];
    const cwd = orNull(await files.linkSlow(`/proc/${pid}/cwd`, { deadlineMs: 250 }));
    found.push(...words.flatMap((word, at) => directoryOf(word, words[at - 1] ?? '', cwd)));
  }
  return found;
}

export function directoryOf(word: string, before: string, cwd: string | null): readonly string[] {
  const value = /^--flake=(.*)$/.exec(word)?.[1] ?? word;
  const isNamed = value !== word || before === '--flake' || before === '-F';
  if (!isNamed && !/^[./~]?[^\s:]*#/.test(word)) return [];
  const path = (value.split(/[#?]/)[0] ?? '').replace(/^path:|^git\+file:\/\//, '');
  if (path.startsWith('/')) return [path.replace(/\/+$/, '') || '/'];
  if (cwd === null || /^[a-z+]+:/.test(path) || path.startsWith('~')) return [];
  if (path === '' || path === '.') return [cwd];
  return path.startsWith('.') ? [`${cwd}/${path}`] : [];
}

/** `nixpkgs: github:NixOS/nixpkgs 3a1b2c3 from 2026-09-01, 89 days old`. */
export function inputLines(text: string, nowMs: number): readonly string[] {
  const nodes = parseJsonObject(text)?.['nodes'];
  if (!isFields(nodes)) return ['(no flake.lock that can be read)'];
  return Object.entries(nodes).flatMap(([name, node]) => {
    const locked = isFields(node) ? node['locked'] : undefined;
    if (!isFields(locked)) return [];
    const part = (key: string) => (typeof locked[key] === 'string' ? (locked[key] as string) : null);
    const source =
      part('url') ?? part('path') ?? [part('owner'), part('repo')].filter((one) => one !== null).join('/');
    const rev = part('rev')?.slice(0, 12) ?? 'no revision';
    const seconds = locked['lastModified'];
    const age =
      typeof seconds === 'number' && Math.abs(seconds) < 8.64e12
        ? ` from ${new Date(seconds * 1000).toISOString().slice(0, 10)}, ${Math.floor((nowMs / 1000 - seconds) / 86_400)} days old`
        : '';
    return [`${name}: ${part('type') ?? '?'}:${source} ${rev}${age}`];
  });
}
