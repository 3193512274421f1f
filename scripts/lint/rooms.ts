/**
 * Who may import whom: the one table. `scripts/node scripts/lint/write-rules.ts` writes the linter's rules from it
 * (`rooms.json`, extended by biome.json); test/import-rule.test.ts proves that they are current and that they bite.
 */

const effects = ['src/base', 'src/model', 'src/parse', 'src/platform/ports.ts'];

/**
 * `may`: rooms, files or packages besides the room itself. `pure`: by argument only, neither clock nor timer nor
 * system. What has no row (modes, main.ts, rescue.ts, record.ts, test) puts the others together and may import anything.
 */
export interface Room {
  readonly pure?: boolean;
  readonly may: readonly string[];
}

export const rooms: Readonly<Record<string, Room>> = {
  'src/base': { pure: true, may: [] },
  'src/model': { pure: true, may: ['src/base'] },
  'src/parse': { pure: true, may: ['src/base', 'src/model'] },
  'src/logs': { pure: true, may: ['src/base', 'src/model'] },
  'src/diagnose': { pure: true, may: ['src/base', 'src/model', 'src/logs'] },
  'src/explain': { pure: true, may: ['src/base', 'src/model', 'src/parse'] },
  'src/redact': { pure: true, may: ['src/base'] },
  'src/check': { pure: true, may: ['src/base', 'src/model', 'src/explain', 'src/parse/paste.ts'] },
  'src/guard': { pure: true, may: ['src/base', 'src/model', 'src/diagnose'] },
  'src/incident': { pure: true, may: ['src/base', 'src/model', 'src/diagnose', 'src/score'] },
  'src/score': { pure: true, may: ['src/base', 'src/model'] },
  'src/settings': {
    pure: true,
    may: [
      'src/base',
      'src/model',
      'src/diagnose/thresholds.ts',
      'src/guard/settings.ts',
      'src/score/limits.ts',
      'toml-eslint-parser',
    ],
  },
  'src/format': { pure: true, may: ['src/base', 'src/model', 'src/logs'] },
  'src/commands': { pure: true, may: ['src/base', 'src/model'] },
  'src/state': { pure: true, may: ['src/base', 'src/model', 'src/logs', 'src/commands', 'zustand/vanilla'] },
  'src/cli': {
    may: ['src/base', 'src/model', 'src/diagnose/thresholds.ts', 'src/guard/limits.ts', 'commander'],
  },
  'src/platform': {
    may: ['src/base', 'src/model', 'node:*', 'node:*/**', 'execa', 'koffi', 'blessed-contrib/lib/**'],
  },
  'src/recover': {
    may: [
      ...effects,
      ...['src/nix-store', 'src/actions', 'src/probes', 'src/commands/targets.ts'],
      ...['src/samplers/source.ts', 'src/samplers/places.ts'],
      ...['src/format/caches-only.ts', 'src/format/minimal-config.ts'],
    ],
  },
  'src/samplers': { may: [...effects, 'systeminformation'] },
  'src/nix-store': { may: effects },
  'src/actions': { may: [...effects, 'src/nix-store', 'src/format/probe-words.ts'] },
  'src/followers': { may: [...effects, 'src/samplers/source.ts'] },
  'src/probes': {
    may: [...effects, 'src/nix-store', 'src/samplers/source.ts', 'node:http', 'node:https', 'node:crypto'],
  },
  'src/record': {
    may: [
      ...['src/base', 'src/model', 'src/logs', 'src/diagnose', 'src/platform/ports.ts'],
      ...['@msgpack/msgpack', 'node:zlib'],
    ],
  },
  'src/bundle': {
    may: [
      ...effects,
      ...['src/redact', 'src/record', 'src/diagnose', 'src/logs', 'src/format', 'src/nix-store'],
      ...['modern-tar', 'node:zlib', 'node:crypto', 'node:stream'],
    ],
  },
  'src/watch': {
    may: [
      ...effects,
      ...['src/logs', 'src/diagnose', 'src/format', 'src/platform/rehearse-*'],
      ...['src/samplers', 'src/followers', 'src/probes', 'src/record'],
    ],
  },
  'src/perform': {
    may: [...effects, 'src/format', 'src/commands', 'src/nix-store', 'src/actions', 'src/guard'],
  },
  'src/terminal': { may: ['src/base', 'node:events', 'node:fs', 'string-width', 'ink', 'react'] },
  hooks: {
    may: [
      ...['src/base', 'src/model', 'src/state', 'src/commands'],
      ...['src/parse/keys.ts', 'src/explain/explain-cause.ts'],
      ...['react', 'react/**', 'ink', 'zustand', 'zustand/**'],
    ],
  },
  components: {
    may: [
      ...['hooks', 'src/base', 'src/model', 'src/format', 'src/terminal/row-keys.ts'],
      ...['src/state/state.ts', 'src/state/fleet/fleet-state.ts', 'src/state/fleet/fleet-keys.ts'],
      'src/commands/key-label.ts',
      ...['react', 'react/**', 'ink', 'string-width'],
    ],
  },
};
