/** Files of Nix: settings with all that they include, builders, registry, what a netrc is, the state directory. */
import { bytesText } from '../base/bytes.ts';
import { fail, ok, orNull, problem } from '../base/problem.ts';
import { parseNixConf } from '../parse/nix-conf.ts';
import { copiedFiles } from './machine.ts';
import type { GatherContext, SourceRow } from './source.ts';

const shared = { stage: 'files', redaction: 'text' } as const;
const deadlineMs = 1500;
const mostIncludes = 32;
const confBytes = 128 << 10;
/** Where sops-nix, agenix and systemd put what they decrypt. */
export const secretPlaces = /^\/run\/(?:user\/\d+\/)?(?:secrets|agenix|keys|credentials)/;

/** The system's, and the user's in the order in which Nix reads them (nix.conf(5)). */
function settingsFiles({ environment, home }: GatherContext['facts']): readonly string[] {
  const system = `${environment['NIX_CONF_DIR'] ?? '/etc/nix'}/nix.conf`;
  const named = environment['NIX_USER_CONF_FILES'];
  if (named !== undefined) return [system, ...named.split(':').filter((path) => path.startsWith('/'))];
  const directories = [
    environment['XDG_CONFIG_HOME'] ?? `${home}/.config`,
    ...(environment['XDG_CONFIG_DIRS'] ?? '/etc/xdg').split(':'),
  ];
  return [
    system,
    ...directories.filter((path) => path.startsWith('/')).map((path) => `${path}/nix/nix.conf`),
  ];
}

async function gatherSettings(context: GatherContext) {
  const { ports, emit, miss, facts, redact } = context;
  const waiting = [...settingsFiles(facts)];
  const seen = new Set<string>();
  const netrcs = new Set([`${facts.home}/.netrc`, '/etc/nix/netrc']);
  let found = 0;
  for (let path = waiting.shift(); path !== undefined && seen.size < mostIncludes; path = waiting.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    if (secretPlaces.test(path)) {
      miss(problem('denied', path, 'a secret by its place: never read'));
      continue;
    }
    const read = await ports.files.readSlow(path, { deadlineMs, maxBytes: confBytes });
    if (!read.ok) {
      if (read.problem.kind !== 'gone') miss(read.problem);
      continue;
    }
    found += 1;
    const folder = path.slice(0, path.lastIndexOf('/'));
    for (const line of parseNixConf(read.value)) {
      if (line.kind === 'include')
        waiting.push(line.path.startsWith('/') ? line.path : `${folder}/${line.path}`);
      else if (line.name === 'netrc-file') netrcs.add(line.value);
      else if (/access-tokens$/.test(line.name)) {
        for (const pair of line.value.split(/\s+/))
          redact.know(pair.slice(pair.indexOf('=') + 1).replace(/^\w+:/, ''));
      }
    }
    const cut = read.value.length >= confBytes ? `the first ${confBytes} characters` : null;
    emit({ name: path.slice(1), body: read.value, cut });
  }
  emit({ name: 'nix/netrc.txt', body: await netrcText(context, [...netrcs]) });
  return found > 0 ? ok(undefined) : fail('gone', [...seen][0] ?? 'nix.conf');
}

/** Never the file: that it is there, whose, and for which hosts. What is in it is looked for everywhere else. */
async function netrcText({ ports, redact }: GatherContext, paths: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const path of paths) {
    const owner = await ports.files.ownerSlow(path, { deadlineMs, follow: true });
    if (!owner.ok) {
      lines.push(`${path}: ${owner.problem.kind === 'gone' ? 'not there' : owner.problem.kind}`);
      continue;
    }
    const { uid, mode } = owner.value;
    lines.push(`${path}: there, uid ${uid}, mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`);
    const read = await ports.files.readSlow(path, { deadlineMs });
    const words = (orNull(read) ?? '').split(/\s+/);
    for (const [index, word] of words.entries()) {
      if (word === 'machine') lines.push(`  machine ${words[index + 1] ?? ''}`);
      if (word === 'password' || word === 'account') redact.know(words[index + 1] ?? '');
    }
  }
  return `${lines.join('\n')}\n`;
}

const stateDirectories = [
  ...['', '/db', '/gc-socket', '/daemon-socket', '/userpool', '/userpool2', '/current-load', '/temproots'],
  ...['/builds', '/active-builds', '/profiles'],
].map((name) => `/nix/var/nix${name}`);
const mostNames = 200;

async function gatherState({ ports, emit, miss, ended }: GatherContext) {
  const lines: string[] = [];
  let found = 0;
  for (const directory of stateDirectories) {
    if (ended.aborted) break;
    const listed = await ports.files.listSlow(directory, { deadlineMs });
    if (!listed.ok) {
      if (listed.problem.kind !== 'gone') miss(listed.problem);
      lines.push(`==> ${directory} <==`, `(${listed.problem.kind})`, '');
      continue;
    }
    found += 1;
    lines.push(`==> ${directory} <== ${listed.value.length} names`);
    for (const name of listed.value.toSorted().slice(0, mostNames)) {
      if (ended.aborted) break;
      const owner = await ports.files.ownerSlow(`${directory}/${name}`, { deadlineMs });
      if (!owner.ok) {
        lines.push(`(${owner.problem.kind}) ${name}`);
        continue;
      }
      const { uid, mode, bytes, mtimeMs } = owner.value;
      const time = new Date(mtimeMs).toISOString().slice(0, 19);
      lines.push(
        `${mode.toString(8).padStart(6)} uid ${String(uid).padEnd(6)}${bytesText(bytes).padStart(8)} ${time}Z ${name}`,
      );
    }
    lines.push('');
  }
  emit({ name: 'nix/state.txt', body: `${lines.join('\n')}\n` });
  return found > 0 ? ok(undefined) : fail('gone', '/nix/var/nix');
}

export const nixFileSources: readonly SourceRow[] = [
  {
    ...shared,
    id: 'nix-settings',
    what: 'nix.conf of the system and the user with what they include; of a netrc its hosts alone',
    from: '/etc/nix/nix.conf ~/.config/nix/nix.conf',
    timeMs: 8000,
    mostBytes: 1 << 20,
    gather: gatherSettings,
  },
  {
    ...shared,
    id: 'channels',
    what: 'channels of root and of the user',
    from: '~/.nix-channels, and that of root',
    timeMs: 4000,
    mostBytes: 64 << 10,
    async gather({ ports, emit, miss, facts }) {
      const lines: string[] = [];
      for (const path of new Set([`${facts.home}/.nix-channels`, '/root/.nix-channels'])) {
        const read = await ports.files.readSlow(path, { deadlineMs });
        if (read.ok) lines.push(...read.value.split('\n').filter((line) => /^\s*\w+:\/\//.test(line)));
        else if (read.problem.kind !== 'gone') miss(read.problem);
      }
      if (lines.length === 0) return fail('gone', '~/.nix-channels', 'none');
      emit({ name: 'nix/channels.txt', body: `${lines.join('\n')}\n` });
      return ok(undefined);
    },
  },
  copiedFiles({
    id: 'builders',
    what: 'builders on other machines',
    paths: ['/etc/nix/machines'],
    mostBytes: 64 << 10,
  }),
  copiedFiles({
    id: 'registry',
    what: 'registry of flakes',
    paths: ['/etc/nix/registry.json'],
    from: 'the registry in /etc/nix',
    mostBytes: 128 << 10,
    json: true,
  }),
  {
    ...shared,
    id: 'nix-state',
    what: "Nix's database, sockets, locks, build users, builds and profiles: sizes and times",
    from: '/nix/var/nix',
    timeMs: 8000,
    mostBytes: 512 << 10,
    gather: gatherState,
  },
];
