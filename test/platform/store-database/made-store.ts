/** A store as small as can be: files that name each other, and the database that Nix would have of them. */
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { nixSchema } from '../../../src/platform/store-database/schema.ts';

export interface MadeStore {
  readonly directory: string;
  readonly store: string;
  readonly state: string;
  readonly database: string;
  /** Path of the number; each third of them needs the one before. */
  path(n: number): string;
  root(n: number): void;
  /** Fills a leaf of that table or index (`at`: which) with rubbish. */
  breakPage(name: string, at?: number, type?: 'leaf' | 'internal'): void;
  sql(text: string, of?: string): readonly Record<string, unknown>[];
  /** Path, hash of what it is, and references of each row. */
  rows(of?: string): readonly string[];
  close(): void;
}

export const count = 60;

export function makeStore(): MadeStore {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-database-'));
  const [store, state, bin] = [`${directory}/store`, `${directory}/var`, `${directory}/bin`];
  for (const part of [store, `${state}/db`, `${state}/gcroots`, `${state}/profiles`, bin])
    mkdirSync(part, { recursive: true });
  // The NAR of these is their text.
  writeFileSync(`${bin}/nix-store`, '#!/bin/sh\n[ "$1" = --dump ] && exec cat -- "$2"\nexit 1\n');
  chmodSync(`${bin}/nix-store`, 0o755);
  const path_ = process.env['PATH'];
  process.env['PATH'] = `${bin}:${path_}`;
  const database = `${state}/db/db.sqlite`;
  const path = (n: number) => `${store}/${String(n).padStart(4, '0').repeat(8)}-made-${n}`;

  function sql(text: string, of = database) {
    const open = new DatabaseSync(of, { enableForeignKeyConstraints: false });
    try {
      return open.prepare(text).all();
    } finally {
      open.close();
    }
  }

  const open = new DatabaseSync(database);
  for (const { sql: made } of nixSchema) open.exec(made);
  open.exec('BEGIN');
  for (let n = 1; n <= count; n++) {
    const named = n % 3 === 0 ? path(n - 1) : '';
    writeFileSync(path(n), `${n} ${named} ${'z'.repeat(50)}`);
    open
      .prepare('INSERT INTO ValidPaths (path, hash, registrationTime, narSize, sigs) VALUES (?, ?, 1, ?, ?)')
      .run(path(n), `sha256:${'a'.repeat(64)}`, n, 's'.repeat(60));
    if (named !== '') open.prepare('INSERT INTO Refs VALUES (?, ?)').run(n, n - 1);
  }
  open.exec('COMMIT');
  open.close();

  return {
    ...{ directory, store, state, database, path, sql },
    root: (n) => symlinkSync(path(n), `${state}/gcroots/root-${n}`),
    breakPage(name, at = 0, type = 'leaf') {
      const pages = sql(
        `SELECT pageno FROM dbstat WHERE name = '${name}' AND pagetype = '${type}' ORDER BY pageno`,
      );
      const page = Number(pages[at]?.['pageno']);
      const file = openSync(database, 'r+');
      writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
      closeSync(file);
    },
    rows: (of) =>
      sql(
        `SELECT v.path || ' ' || coalesce((SELECT group_concat(t.path) FROM Refs r JOIN ValidPaths t ON t.id = r.reference
         WHERE r.referrer = v.id), '') AS row FROM ValidPaths v ORDER BY v.path`,
        of,
      ).map(({ row }) => String(row)),
    close() {
      process.env['PATH'] = path_;
      if (existsSync(directory)) rmSync(directory, { recursive: true, force: true });
    },
  };
}
