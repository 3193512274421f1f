/** `nixpulse recover store` on a real Nix: damage of every kind, killed in every step, begun again, and whole. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { storeProcedure } from '../../src/recover/store.ts';
import { bringUpLab } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { damage, type NixStore, openOwnStore } from './own-store.ts';
import { filesOf, type Recovering, recovering } from './recover-run.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
const built = ['sound', 'flipped', 'truncated', 'deleted', 'referred', 'referrer'] as const;
type Name = (typeof built)[number] | 'tree' | 'added';

describe.skipIf(lab.missing !== null)('recover store on a real Nix', { timeout: 120_000 }, () => {
  inTurn();
  let store: NixStore;
  let recover: Recovering;
  let paths: Record<Name, string>;
  let database: string;
  const nonce = randomUUID();

  beforeEach(() => {
    store = openOwnStore(lab);
    onTestFinished(() => store.close());
    recover = recovering(store, 'store');
    database = `${store.environment.NIX_STATE_DIR}/db/db.sqlite`;
    mkdirSync(`${store.directory}/in/lab-store-tree`, { recursive: true });
    writeFileSync(`${store.directory}/in/lab-store-tree/file`, 'x'.repeat(300));
    // Enough of them for a table of many pages.
    const many = Array.from({ length: 150 }, (_, at) => `${store.directory}/in/lab-store-${at}`);
    for (const file of many) writeFileSync(file, `${file} ${'y'.repeat(200)}`);
    const [tree = '', added = ''] = store
      .nix(['nix-store', '--add', `${store.directory}/in/lab-store-tree`, ...many])
      .trim()
      .split('\n');
    const made = store.build(nonce, built);
    paths = {
      ...(Object.fromEntries(built.map((name, at) => [name, made[at] ?? ''])) as Record<Name, string>),
      ...{ tree, added },
    };
    // What generations, results and the like keep.
    for (const [name, path] of Object.entries(paths)) root(name, path);
  });

  function root(name: string, path: string): void {
    store.nix([
      'nix-store',
      '--realise',
      path,
      '--add-root',
      `${store.directory}/home/${name}`,
      '--indirect',
    ]);
  }

  /** Cache that has it, and everything that it takes. */
  function cacheOf(...of: readonly string[]): void {
    const cache = `file://${store.directory}/cache`;
    store.nix(['nix', '--extra-experimental-features', 'nix-command', 'copy', '--to', cache, ...of]);
    const conf = `${store.environment.NIX_CONF_DIR}/nix.conf`;
    writeFileSync(conf, readFileSync(conf, 'utf8').replace(/^substituters =.*$/m, `substituters = ${cache}`));
  }

  function sql(text: string): readonly Record<string, unknown>[] {
    const open = new DatabaseSync(database, { enableForeignKeyConstraints: false });
    const rows = open.prepare(text).all();
    open.close();
    return rows;
  }

  /** Path and references of each row. */
  function rows(): readonly string[] {
    const references = `SELECT group_concat(t.path) FROM (SELECT path FROM Refs r JOIN ValidPaths t ON t.id = r.reference
      WHERE r.referrer = v.id ORDER BY path) t`;
    return sql(
      `SELECT v.path || ' ' || coalesce((${references}), '') AS row FROM ValidPaths v ORDER BY v.path`,
    ).map(({ row }) => String(row));
  }

  function breakPages(...of: readonly string[]): void {
    sql('PRAGMA wal_checkpoint(TRUNCATE)');
    const pages = of.map((name) =>
      Number(
        sql(
          `SELECT pageno FROM dbstat WHERE name = '${name}' AND pagetype = 'leaf' ORDER BY pageno LIMIT 1`,
        )[0]?.['pageno'],
      ),
    );
    const file = openSync(database, 'r+');
    for (const page of pages) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, (page - 1) * 4096);
    closeSync(file);
  }

  function isWhole(): void {
    store.nix(['nix-store', '--verify', '--check-contents']);
    expect(sql('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(sql('PRAGMA foreign_key_check')).toEqual([]);
  }

  test('flipped, cut off, deleted, with more in it, unknown to the database, rows only in its log', async () => {
    cacheOf(paths.flipped, paths.tree, paths.added);
    const before = rows();
    for (const [name, how] of [
      ['flipped', 'flip'],
      ['truncated', 'truncate'],
      ['deleted', 'delete'],
      ['tree', 'extra'],
    ] as const)
      damage(paths[name], how);
    sql(`DELETE FROM ValidPaths WHERE path IN ('${paths.referred}', '${paths.added}')`);
    const last = `UPDATE ValidPaths SET registrationTime = 4 WHERE path = '${paths.sound}'`;
    const dying = `const open = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(database)});
      open.exec(${JSON.stringify(last)}); process.kill(process.pid, 'SIGKILL');`;
    spawnSync(process.execPath, ['-e', dying]);
    expect(readFileSync(`${database}-wal`).length).toBeGreaterThan(0);

    const killed = await recover.run({ killIn: 'register' });
    expect(killed.text).toMatch(/2 roots that the database does not know:/);
    expect(killed.text).toMatch(/1 path with references that lead nowhere/);
    const { text, exitCode } = await recover.run();
    expect(exitCode, text).toBe(0);
    expect(text).toMatch(/SQLite finds no fault/);
    expect(text).toMatch(/damage in the store: 3 corrupt, 1 missing/);
    expect(text).toMatch(/repaired 4 of 4 paths/);
    isWhole();
    // Garbage is gone, what is needed is there with all its references.
    const now = rows();
    for (const path of Object.values(paths)) {
      const row = (all: readonly string[]) => all.find((one) => one.startsWith(`${path} `));
      expect(row(now), path).toBe(row(before));
    }
    const [copied = ''] = filesOf(`${recover.directory}/recover`, /\.sqlite$/);
    const copy = new DatabaseSync(`${recover.directory}/recover/${copied}`);
    expect(
      copy.prepare(`SELECT registrationTime AS at FROM ValidPaths WHERE path = '${paths.sound}'`).get(),
    ).toEqual({
      at: 4,
    });
    copy.close();
    expect(filesOf(`${recover.directory}/recover`, /\.json$/)).toEqual([]);
  });

  test('broken pages, killed in every step: replaced once, nothing lost, the broken one kept', async () => {
    const before = rows();
    damage(paths.truncated, 'truncate');
    breakPages('ValidPaths', 'Refs');
    const broken = readFileSync(database);
    // With the new database nothing is left to register.
    const steps = storeProcedure.steps.filter(({ id, act }) => act !== undefined && id !== 'register');
    for (const { id } of steps) {
      const { text, exitCode } = await recover.run({ killIn: id });
      expect(exitCode, `${id}: ${text}`).toBe(null);
      expect(existsSync(database), id).toBe(true);
    }
    const { text, exitCode } = await recover.run();
    expect(exitCode, text).toBe(0);
    isWhole();
    const directory = database.slice(0, database.lastIndexOf('/'));
    const [sick = '', ...more] = filesOf(directory, /\.sick-[\d-]+$/);
    expect(more).toEqual([]);
    expect(readFileSync(`${directory}/${sick}`)).toEqual(broken);
    expect(filesOf(directory, /rebuilt/)).toEqual([]);
    const now = rows();
    for (const path of Object.values(paths)) {
      const row = (all: readonly string[]) => all.find((one) => one.startsWith(`${path} `));
      expect(row(now), path).toBe(row(before));
    }
    expect(filesOf(`${recover.directory}/recover`, /^nix-database-.*\.sqlite$/).length).toBe(1);
    for (const step of ['copy', 'replace', 'optimise', 'collect'])
      expect(
        recover.journal().filter((one) => one.step === step && one.status === 'done').length,
        step,
      ).toBeLessThanOrEqual(1);
  });

  test('a database that is none, while somebody has the store open: not before he has gone', async () => {
    const before = rows();
    const file = openSync(database, 'r+');
    writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 0);
    closeSync(file);
    const other = holdStore();
    const held = await recover.run();
    expect(held.exitCode, held.text).toBe(1);
    expect(held.text).toMatch(/nothing can be read/);
    expect(held.text).toMatch(/somebody of Nix has the store open/);
    other.kill('SIGKILL');
    await until('the end of who has it open', () => other.signalCode !== null);
    const { text, exitCode } = await recover.run();
    expect(exitCode, text).toBe(0);
    isWhole();
    const now = rows();
    for (const path of Object.values(paths)) {
      const row = (all: readonly string[]) => all.find((one) => one.startsWith(`${path} `));
      expect(row(now), path).toBe(row(before));
    }
  });

  test('what nothing can bring back is told with what needs it, and a word that is not typed does nothing', async () => {
    damage(paths.tree, 'extra');
    const no = await recover.run({ answer: (title) => (/Repair|Collect/.test(title) ? 'yes' : 'y') });
    expect(no.exitCode, no.text).toBe(1);
    expect(no.text).toMatch(/Repair what is damaged[\s\S]*left out[\s\S]*Collect garbage[\s\S]*left out/);
    const { text, exitCode } = await recover.run();
    expect(exitCode, text).toBe(1);
    expect(text.replaceAll(/\s+/g, '')).toContain(`${paths.tree}isneededby`);
    expect(text).toMatch(/FAILED: damage in the store: 1 corrupt/);
  });

  /** As every process of Nix that has the store open. */
  function holdStore(): ChildProcess {
    const lock = `${store.environment.NIX_STATE_DIR}/db/big-lock`;
    const other = spawn('flock', ['--shared', '--no-fork', lock, 'sleep', '60'], { stdio: 'ignore' });
    onTestFinished(() => void other.kill('SIGKILL'));
    chmodSync(lock, 0o600);
    return other;
  }
});
