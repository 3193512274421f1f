/** What nixpulse itself knows: the journal of its actions, its guard, its settings. */
import { fail, ok } from '../base/problem.ts';
import type { SourceRow } from './source.ts';

const shared = { stage: 'files', redaction: 'text' } as const;
/** The file begins anew past it (perform/journal.ts). */
const journalBytes = 2 << 20;
/** In the folder of the bundle. */
export const journalName = 'nixpulse/actions.jsonl';
const lastEntries = 300;
const bytes = 256 << 10;

export const ownSources: readonly SourceRow[] = [
  {
    ...shared,
    id: 'actions',
    what: 'journal of what nixpulse did: when, who, what, what came of it',
    from: '~/.local/state/nixpulse/journal.jsonl',
    timeMs: 4000,
    mostBytes: journalBytes,
    async gather({ ports, facts, redact, emit }) {
      const path = `${facts.stateDirectory}/journal.jsonl`;
      const read = await ports.ownFiles.read(path, { maxBytes: journalBytes });
      if (!read.ok) return read.problem.kind === 'gone' ? fail('gone', path, 'nothing was done') : read;
      const lines = read.value.trimEnd().split('\n');
      const entries = lines.slice(-lastEntries).map((line) => {
        try {
          return JSON.stringify(redact.value(JSON.parse(line) as unknown));
        } catch {
          return line;
        }
      });
      const cut = lines.length > lastEntries ? `the last ${lastEntries} of ${lines.length} entries` : null;
      emit({ name: journalName, body: `${entries.join('\n')}\n`, cut });
      return ok(undefined);
    },
  },
  {
    ...shared,
    id: 'own-settings',
    what: 'settings of nixpulse, and what its guard says of itself',
    from: '/etc/nixpulse/config.toml ~/.config/nixpulse/config.toml /run/nixpulse-guard/status.json',
    timeMs: 4000,
    mostBytes: 4 * bytes,
    async gather({ ports, facts, emit, miss }) {
      const { environment, home } = facts;
      const config = environment['XDG_CONFIG_HOME'] ?? `${home}/.config`;
      const runtime = environment['XDG_RUNTIME_DIR'];
      const paths: readonly (readonly [string, string])[] = [
        ['/etc/nixpulse/config.toml', 'nixpulse/etc-config.toml'],
        [`${config}/nixpulse/config.toml`, 'nixpulse/user-config.toml'],
        ['/run/nixpulse-guard/status.json', 'nixpulse/guard.json'],
        ...(runtime === undefined
          ? []
          : [[`${runtime}/nixpulse-guard/status.json`, 'nixpulse/user-guard.json'] as const]),
      ];
      let found = 0;
      for (const [path, name] of paths) {
        const read = await ports.files.readSlow(path, { maxBytes: bytes });
        if (read.ok) {
          found += 1;
          emit({ name, body: read.value, redaction: name.endsWith('.json') ? 'json' : 'text' });
        } else if (read.problem.kind !== 'gone') miss(read.problem);
      }
      return found > 0 ? ok(undefined) : fail('gone', 'config.toml', 'all is as usual');
    },
  },
];
