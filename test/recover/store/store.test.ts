import { beforeEach, describe, expect, test } from 'vitest';
import { storeProcedure } from '../../../src/recover/store.ts';
import { firefox } from '../../support/model-fixture.ts';
import { stateDirectory, storePath } from '../../support/store-world.ts';
import { copied, database, type StoreSteps, storeSteps } from './store-step.ts';

const [a, b] = [storePath(1), storePath(2)];
const whole = { paths: 3, renewed: [], gone: [], doubtful: 0, found: [] };

let steps: StoreSteps;
beforeEach(() => {
  steps = storeSteps();
});

/** There is a copy, and SQLite has said this of it. */
function checked(integrity: string, from = steps): void {
  from.notes.set('copy', copied).set('integrity', integrity);
  from.world.ports.files.setOwner(copied, {});
}

test('nothing is done in another root directory, and nothing without root', async () => {
  const captured = storeSteps({ live: false });
  const user = storeSteps({ uid: 1000 });
  for (const { id, act } of storeProcedure.steps.filter(({ id }) => id !== 'try' && id !== 'running')) {
    checked('broken', captured);
    checked('broken', user);
    for (const one of [captured, user]) {
      if (id === 'copy') one.notes.delete('copy');
      if (id === 'check') one.notes.delete('integrity');
    }
    expect(act, id).toBeDefined();
    expect(await captured.plan(id), id).toMatchObject({
      state: 'impossible',
      why: expect.stringMatching(/root dir/),
    });
    expect(await user.plan(id), id).toMatchObject({ state: 'impossible', denied: true });
  }
});

test('what runs is told, and ends nothing', async () => {
  expect(await steps.plan('running')).toEqual({ state: 'needless', why: 'nothing of Nix runs' });
  const busy = storeSteps({ running: { clients: [], builds: [firefox] } });
  expect(await busy.plan('running')).toMatchObject({
    state: 'needless',
    why: expect.stringMatching(/1 build run/),
  });
});

describe('the copy', () => {
  test('says from where, to where and how much, and is done when it is there', async () => {
    const plan = await steps.plan('copy');
    expect(plan).toMatchObject({ state: 'todo', asks: 'yes' });
    expect(JSON.stringify(plan)).toMatch(
      /db\.sqlite, by SQLite’s own backup.*5\.0 MB.*; to"\],"code":\["[^"]*recover\/nix-database-\d{8}-\d{6}\.sqlite"\]/,
    );
    steps.answers.copy = { bytes: 10, raw: false };
    expect(await steps.act('copy')).toMatchObject({ status: 'done' });
    const to = steps.notes.get('copy') ?? '';
    expect(steps.orders).toEqual([{ do: 'copy', from: database, to }]);
    // Noted, and not there: it was killed.
    expect(await steps.plan('copy')).toMatchObject({ state: 'todo' });
    steps.world.ports.files.setOwner(to, {});
    expect(await steps.plan('copy')).toEqual({ state: 'needless', why: `it is in ${to}` });
  });

  test('goes where --output says: a file, or into a directory', async () => {
    const file = storeSteps({ output: '/mnt/usb/db.sqlite' });
    expect(await file.plan('copy')).toMatchObject({ code: ['/mnt/usb/db.sqlite'] });
    const directory = storeSteps({ output: '/mnt/usb' });
    directory.world.ports.files.setOwner('/mnt/usb', { mode: 0o040755 });
    expect(await directory.plan('copy')).toMatchObject({
      code: [expect.stringMatching(/^\/mnt\/usb\/nix-database-[-\d]+\.sqlite$/)],
    });
  });

  test('goes over nothing that is there', async () => {
    const file = storeSteps({ output: '/mnt/usb/db.sqlite' });
    file.world.ports.files.setOwner('/mnt/usb/db.sqlite', {});
    expect(await file.plan('copy')).toMatchObject({
      ...{ state: 'impossible', why: '/mnt/usb/db.sqlite is there already, and is left as it is' },
    });
    expect(await file.act('copy')).toMatchObject({ status: 'refused' });
    expect([file.orders, file.notes.size]).toEqual([[], 0]);
  });

  test('goes elsewhere after one that did not come to its end, where --output says so now', async () => {
    const file = storeSteps({ output: '/mnt/usb/db.sqlite' });
    file.notes.set('copy', copied);
    expect(await file.plan('copy')).toMatchObject({ code: ['/mnt/usb/db.sqlite'] });
    const same = storeSteps();
    same.notes.set('copy', copied);
    expect(await same.plan('copy')).toMatchObject({ code: [copied] });
  });

  test('no room, or no database: it says so, and what to do', async () => {
    steps.world.ports.files.setSpace(stateDirectory, {
      totalBytes: 9,
      availableBytes: 9,
      inodes: 9,
      freeInodes: 9,
    });
    expect(await steps.plan('copy')).toMatchObject({
      ...{ state: 'impossible', why: expect.stringContaining('no room') },
      way: expect.stringContaining('--output'),
    });
    const elsewhere = { ...steps.context, environment: { NIX_STATE_DIR: '/nowhere' } };
    const plan = await storeProcedure.steps.find(({ id }) => id === 'copy')?.plan(elsewhere);
    expect(plan).toMatchObject({
      state: 'impossible',
      why: expect.stringContaining('/nowhere/db/db.sqlite'),
    });
  });

  test('a program that dies is a failure with what it said', async () => {
    expect(await steps.act('copy')).toMatchObject({
      status: 'failed',
      summary: expect.stringMatching(/Segmentation/),
    });
  });
});

describe('the check', () => {
  test('sound, and broken', async () => {
    steps.notes.set('copy', copied);
    steps.answers.check = { problems: [] };
    expect(await steps.plan('check')).toMatchObject({ state: 'todo', asks: 'nothing' });
    expect(await steps.act('check')).toMatchObject({ status: 'done' });
    expect(await steps.plan('check')).toEqual({ state: 'needless', why: 'SQLite finds no fault' });
    steps.answers.check = { problems: ['Tree 2 page 12: rubbish', 'row 3 missing'] };
    expect(await steps.act('check')).toEqual({
      ...{ status: 'done', summary: '2 faults', details: ['Tree 2 page 12: rubbish', 'row 3 missing'] },
    });
    expect(await steps.plan('check')).toMatchObject({ why: 'SQLite finds faults in the database' });
  });

  test('without SQLite it says what it takes', async () => {
    steps.notes.set('copy', copied);
    steps.world.ports.spawn.onStream = () => ({
      lines: ['2>Error: No such built-in module: node:sqlite'],
      exitCode: 1,
    });
    expect((await steps.act('check')).summary).toContain('22.16');
  });
});

describe('a database that is replaced', () => {
  test('is one that is broken, and no other', async () => {
    for (const id of ['try', 'replace']) {
      expect(await steps.plan(id)).toMatchObject({
        state: 'needless',
        why: expect.stringContaining('not known yet'),
      });
      checked('sound');
      expect(await steps.plan(id)).toEqual({ state: 'needless', why: 'the database is sound' });
      steps.notes.clear();
    }
  });

  test('is tried on the copy: what would be lost is told before the word is typed', async () => {
    checked('Tree 2');
    expect(await steps.plan('try')).toMatchObject({ state: 'todo', asks: 'nothing' });
    steps.answers.try = { ...whole, paths: 90, renewed: [a, b], gone: [a], doubtful: 7 };
    await steps.act('try');
    expect(steps.orders).toMatchObject([{ do: 'try', from: copied, to: `${copied}.try` }]);
    expect(await steps.plan('try')).toEqual({
      state: 'needless',
      why: '90 paths can be read: 2 without their entry, 1 gone from the disk too, 7 without references',
    });
    const plan = await steps.plan('replace');
    expect(plan).toMatchObject({ state: 'todo', asks: { word: 'replace' } });
    expect(JSON.stringify(plan)).toContain('90 paths can be read');
  });

  test('not while somebody has the store open: told before, and looked at again as it acts', async () => {
    const busy = storeSteps({ running: { clients: [], builds: [firefox] } });
    checked('Tree 2', busy);
    expect(await busy.plan('replace')).toMatchObject({ state: 'todo' });
    busy.held = true;
    expect(await busy.plan('replace')).toMatchObject({
      ...{ state: 'impossible', way: expect.stringContaining('nixpulse recover daemon') },
      why: 'somebody of Nix has the store open: 0 clients and 1 build run',
    });
    expect(await busy.act('replace')).toMatchObject({
      ...{ status: 'failed', summary: expect.stringContaining('has it open') },
      details: [expect.stringContaining('nothing was changed')],
    });
  });

  test('its name is noted before; done is when another file is in its place', async () => {
    checked('Tree 2');
    steps.answers.replace = { ...whole, found: [a] };
    const outcome = await steps.act('replace');
    expect(outcome).toEqual({
      ...{ status: 'done', summary: 'a new database of 3 paths' },
      details: ['1 by what is on the disk:', a],
    });
    const aside = steps.notes.get('aside') ?? '';
    expect(aside).toMatch(/^\/nix\/var\/nix\/db\/db\.sqlite\.sick-\d{8}-\d{6}$/);
    expect(steps.notes.get('changed')).toBe('yes');
    // A second name of the same file: killed between the two.
    const { files } = steps.world.ports;
    files.setOwner(database, { inode: 7, bytes: 9 });
    files.setOwner(aside, { inode: 7 });
    expect(await steps.plan('replace')).toMatchObject({ state: 'todo' });
    files.setOwner(database, { inode: 8 });
    expect(await steps.plan('replace')).toEqual({
      state: 'needless',
      why: `the broken one is kept as ${aside}`,
    });
    steps.notes.set('aside', aside);
    await steps.act('replace');
    expect(steps.orders.at(-1)).toMatchObject({ aside });
  });

  test('no room beside it', async () => {
    checked('Tree 2');
    steps.world.ports.files.setSpace('/nix/var/nix/db', {
      ...{ totalBytes: 9, availableBytes: 9, inodes: 9, freeInodes: 9 },
    });
    expect(await steps.plan('replace')).toMatchObject({ state: 'impossible', way: 'nixpulse recover space' });
  });

  test('nothing can be made of it: other ways are told', async () => {
    checked('Tree 2');
    steps.answers.try = 'no';
    steps.answers.replace = 'nothing can be made of it';
    for (const id of ['try', 'replace'])
      expect(await steps.act(id)).toMatchObject({
        ...{ status: 'failed', details: expect.arrayContaining([expect.stringContaining('.recover')]) },
      });
  });
});

describe('what the database does not know', () => {
  test('is registered where there is any', async () => {
    expect(await steps.plan('register')).toMatchObject({
      state: 'needless',
      why: expect.stringMatching(/once there/),
    });
    checked('sound');
    expect(await steps.plan('register')).toMatchObject({
      state: 'needless',
      why: expect.stringMatching(/is known/),
    });
    steps.answers.lost = { referrers: [b], roots: [a] };
    const plan = await steps.plan('register');
    expect(plan).toMatchObject({ state: 'todo', asks: 'yes' });
    expect(JSON.stringify(plan)).toContain(a);
    steps.answers.register = { registered: [a], referrers: 1 };
    expect(await steps.act('register')).toEqual({
      status: 'done',
      summary: 'registered 1 path',
      details: [a],
    });
    steps.answers.lost = 'malformed';
    expect(await steps.plan('register')).toMatchObject({ state: 'impossible' });
  });

  test('is not collected as garbage', async () => {
    checked('sound');
    expect(await steps.plan('collect')).toMatchObject({ state: 'todo', asks: { word: 'collect' } });
    steps.answers.lost = { referrers: [b], roots: [] };
    expect(await steps.plan('collect')).toMatchObject({ state: 'impossible' });
    expect(await steps.act('collect')).toMatchObject({ status: 'refused' });
    steps.answers.lost = 'malformed';
    expect(await steps.plan('collect')).toMatchObject({ state: 'impossible' });
    expect(steps.world.ran.some(([program]) => program === 'nix-collect-garbage')).toBe(false);
  });
});

describe('the verification', () => {
  test('of this run, and no other', async () => {
    const sick = storeSteps({ health: { [a]: 'corrupt', [b]: 'sound' } });
    sick.kept({ status: 'done' });
    expect(await sick.plan('verify')).toMatchObject({ state: 'todo' });
    // To have found damage is what it was for.
    expect(await sick.act('verify')).toMatchObject({
      status: 'done',
      summary: expect.stringMatching(/1 corrupt/),
    });
    expect(await sick.plan('verify')).toMatchObject({
      state: 'needless',
      why: expect.stringMatching(/1 corrupt/),
    });
  });

  test('is done once more only where something was changed, and damage fails it then', async () => {
    const sick = storeSteps({ health: { [a]: 'corrupt' } });
    expect(await sick.plan('verify-again')).toEqual({
      state: 'needless',
      why: 'only where a step before it changes something',
    });
    sick.notes.set('changed', 'yes');
    expect(await sick.plan('verify-again')).toMatchObject({ state: 'todo' });
    expect(await sick.act('verify-again')).toMatchObject({ status: 'failed' });
    sick.world.health.set(a, 'sound');
    expect(await sick.act('verify-again')).toMatchObject({ status: 'done' });
    expect(await sick.plan('verify-again')).toEqual({
      state: 'needless',
      why: 'nothing was changed since it was verified',
    });
  });

  test('one that could not run is none', async () => {
    steps.world.answer = () => ({ lines: ['2>error: no'], exitCode: 1 });
    expect((await steps.act('verify')).status).not.toBe('done');
    expect(steps.notes.has('verified')).toBe(false);
  });
});

describe('the repair', () => {
  test('is of what the last verification found, in this store', async () => {
    expect(await steps.plan('repair')).toMatchObject({
      state: 'needless',
      why: 'the store was not verified yet',
    });
    steps.kept({ corrupt: [a, '/elsewhere/store/x'], missing: [b], status: 'failed' });
    const plan = await steps.plan('repair');
    expect(plan).toMatchObject({ state: 'todo', asks: { word: 'repair' } });
    expect(JSON.stringify(plan)).not.toContain('elsewhere');
    steps.kept({});
    expect(await steps.plan('repair')).toEqual({ state: 'needless', why: 'no path is damaged' });
  });

  test('says who needs what could not be repaired', async () => {
    const sick = storeSteps({ health: { [a]: 'corrupt', [b]: 'corrupt' } });
    sick.kept({ corrupt: [a, b], status: 'failed' });
    sick.world.answer = (command) => (command.includes('--repair-path') ? { exitCode: 1 } : null);
    const usual = sick.world.ports.spawn.onRun;
    sick.world.ports.spawn.onRun = (file, args) =>
      args.includes('--roots')
        ? {
            ok: true,
            value: {
              ...{ exitCode: 0, signal: null, stderr: '' },
              stdout: args.includes(a) ? '/nix/var/nix/profiles/system-4-link\n' : '',
            },
          }
        : usual(file, args);
    const { status, details } = await sick.act('repair');
    expect(status).toBe('failed');
    expect(details).toContain(`${a} is needed by /nix/var/nix/profiles/system-4-link`);
    expect(details).toContain(`${b}: nothing needs it; the garbage collection takes it away`);
    expect(sick.notes.get('changed')).toBe('yes');
  });
});

test('what fits: damage that is known, or a database that is none', async () => {
  const fits = () => storeProcedure.fits(steps.context);
  steps.world.ports.files.set(database, 'SQLite format 3\0rest');
  expect(await fits()).toBeNull();
  steps.kept({ corrupt: [a], status: 'failed' });
  expect(await fits()).toBe('the last verification found 1 damaged path');
  steps.world.ports.files.set(database, 'x'.repeat(100));
  expect(await fits()).toBe('the database of the store is none of SQLite');
});
