/** Writes the linter's rules of every room: `scripts/node scripts/lint/write-rules.ts`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Room, rooms } from './rooms.ts';

/** Folders below a room's own; deeper ones are not to be. */
const deepest = 2;
const fromOutside = 'Pure rooms get everything by argument: no clock, no timer, no system.';
const globals = [
  ...['process', 'setTimeout', 'setInterval', 'setImmediate', 'performance', 'console'],
  ...['fetch', 'Buffer', 'require', 'globalThis'],
];

/** Patterns as in .gitignore, the last that fits counts; paths as they are written in an import. */
function allowedFrom(room: string, depth: number, may: readonly string[]): readonly string[] {
  const up = '../'.repeat(depth + room.split('/').length);
  const own = Array.from({ length: depth }, (_, index) => '../'.repeat(index + 1));
  const out = '../'.repeat(depth + 1);
  const others = may.map((name) => {
    if (!/^(?:src\/|hooks|components)/.test(name)) return `!${name}`;
    const path = name.startsWith('src/') && room.startsWith('src/') ? name.slice('src/'.length) : name;
    const from = name.startsWith('src/') && room.startsWith('src/') ? up.slice('../'.length) : up;
    return `!${from}${path}${/\.ts$|\*$/.test(path) ? '' : '/**'}`;
  });
  return [
    '**',
    ...['!./*', '!./*/**'],
    ...own.flatMap((path) => [`!${path}*`, `!${path}*/**`]),
    `${out}**`,
    ...others,
    // In and out again: a path that looks like the room's own.
    ...['./../**', './**/../**'],
  ];
}

function override(room: string, depth: number, { may, pure }: Room) {
  const message = `${room} imports only ${['itself', ...may].join(', ')} (scripts/lint/rooms.ts).`;
  const style = {
    noRestrictedImports: {
      level: 'error',
      options: { patterns: [{ group: allowedFrom(room, depth, may), message }] },
    },
    ...(pure && {
      noRestrictedGlobals: {
        level: 'error',
        options: { deniedGlobals: Object.fromEntries(globals.map((name) => [name, fromOutside])) },
      },
    }),
  };
  const folder = `${room}/${'*/'.repeat(depth)}`;
  return {
    includes: [`**/${folder}*.ts`, `**/${folder}*.tsx`, '!**/test/**'],
    linter: { rules: { style } },
    ...(pure && { plugins: ['./scripts/lint/no-clock.grit'] }),
  };
}

export function rules(): string {
  const depths = Array.from({ length: deepest + 1 }, (_, depth) => depth);
  const overrides = Object.entries(rooms).flatMap(([room, rule]) =>
    depths.map((depth) => override(room, depth, rule)),
  );
  const lines = overrides.map((one) => `    ${JSON.stringify(one)}`);
  return `{\n  "overrides": [\n${lines.join(',\n')}\n  ]\n}\n`;
}

export const rulesFile = fileURLToPath(new URL('rooms.json', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(rulesFile, rules());
