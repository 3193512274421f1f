/** A database that SQLite finds broken: what can be read of it becomes a new one. Its files stay, under another name. */
import { reasonOf } from '../../actions/wording.ts';
import { bytesText } from '../../base/bytes.ts';
import { plural } from '../../base/plural.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import type { RebuildReport } from '../../model/recover/store-database.ts';
import type { Plan, RecoverContext, Step } from '../step.ts';
import { askDatabase, isFree, longMs } from './ask-database.ts';
import { freeBytes, sizeOf, stampOf } from './copy.ts';
import { asideNote, copyNote, isBroken, type Readable, readableOf, setChanged, tryNote } from './notes.ts';
import { failed } from './outcomes.ts';
import { listed, placesOf, whyNot } from './places.ts';

const slowly = { deadlineMs: 5000 };
const spareBytes = 64 << 20;

export const tryOut: Step = {
  id: 'try',
  title: 'See what can be read of it',
  why: 'a database in disorder is read row by row, past what is broken',
  needs: ['minutes'],
  async plan(context) {
    const needless = whyNeedless(context);
    if (needless !== null) return needless;
    const readable = readableOf(context.notes);
    if (readable !== null) return { state: 'needless', why: readableText(readable) };
    return {
      state: 'todo',
      asks: 'nothing',
      lines: ['from the copy, into a file beside it that goes again'],
    };
  },
  async act(context): Promise<Outcome> {
    const { notes } = context;
    const { store, state } = placesOf(context);
    const from = notes.get(copyNote) ?? '';
    const order = { do: 'try', from, to: `${from}.try`, store, state } as const;
    const tried = await askDatabase(order, context, { mostMs: longMs });
    if (!tried.ok) return failed(tried.problem, context, ...otherWays(from));
    const { paths, renewed, gone, doubtful } = tried.value;
    const counts: Readable = { paths, renewed: renewed.length, gone: gone.length, doubtful };
    await notes.set(tryNote, JSON.stringify(counts));
    return { status: 'done', summary: 'read', details: [] };
  },
};

export const replace: Step = {
  id: 'replace',
  title: 'Put a database that is whole in its place',
  why: 'Nix must not go on writing to a broken one',
  needs: ['root', 'minutes'],
  async plan(context) {
    const needless = whyNeedless(context);
    if (needless !== null) return needless;
    const aside = context.notes.get(asideNote) ?? '';
    if (aside !== '' && (await isReplaced(aside, context)))
      return { state: 'needless', why: `the broken one is kept as ${aside}` };
    return whyNot(context) ?? planned(context);
  },
  async act(context): Promise<Outcome> {
    const { notes, ports } = context;
    const { database, store, state } = placesOf(context);
    const aside = notes.get(asideNote) || `${database}.sick-${stampOf(ports.clock.now())}`;
    await notes.set(asideNote, aside);
    await setChanged(notes);
    const order = { do: 'replace', database, aside, store, state } as const;
    const replaced = await askDatabase(order, context, { lock: 'alone', mostMs: longMs });
    if (replaced.ok) return replacedOutcome(replaced.value);
    if (replaced.problem.kind !== 'exhausted')
      return failed(
        replaced.problem,
        context,
        'nothing was replaced',
        ...otherWays(notes.get(copyNote) ?? ''),
      );
    return failed(replaced.problem, context, 'nothing was changed; end them: nixpulse recover daemon');
  },
};

/** It is sound, or nobody knows yet. */
function whyNeedless({ notes }: RecoverContext): Plan | null {
  const broken = isBroken(notes);
  if (broken === null)
    return { state: 'needless', why: 'only where SQLite finds the database broken, which is not known yet' };
  return broken ? null : { state: 'needless', why: 'the database is sound' };
}

/** The one in its place is another file than the one that was put aside. */
async function isReplaced(aside: string, context: RecoverContext): Promise<boolean> {
  const { files } = context.ports;
  const [put, now] = await Promise.all([
    files.ownerSlow(aside, slowly),
    files.ownerSlow(placesOf(context).database, slowly),
  ]);
  return put.ok && now.ok && put.value.inode !== now.value.inode;
}

async function planned(context: RecoverContext): Promise<Plan> {
  const { database, store } = placesOf(context);
  const free = await isFree(context);
  if (!free.ok) return { state: 'impossible', why: reasonOf(free.problem) };
  if (!free.value)
    return {
      state: 'impossible',
      why: `somebody of Nix has the store open${await whoRuns(context)}`,
      way: 'end them, and come back: nixpulse recover daemon',
    };
  const [size, room] = await Promise.all([sizeOf(database, context), freeBytes(database, context)]);
  if (size.ok && room !== null && room < size.value + spareBytes)
    return {
      state: 'impossible',
      why: `no room beside it: it has ${bytesText(size.value)}, and ${bytesText(room)} are free`,
      way: 'nixpulse recover space',
    };
  const readable = readableOf(context.notes);
  return {
    state: 'todo',
    asks: { word: 'replace' },
    lines: [
      ...(readable === null ? [] : [readableText(readable)]),
      `what has no entry left gets one by what is in ${store} now: whether that is whole nobody can tell`,
      'who comes meanwhile waits: Nix’s big lock is held',
      `${database} and its log are kept beside, as ….sick-…`,
    ],
  };
}

/** Clients of other stores run as well, so that only Nix's own lock tells. */
async function whoRuns({ look }: RecoverContext): Promise<string> {
  const { clients, builds } = await look();
  const local = builds.filter(({ host }) => host === null);
  if (clients.length + local.length === 0) return ' (a worker of the daemon, perhaps)';
  return `: ${plural(clients.length, 'client')} and ${plural(local.length, 'build')} run`;
}

function readableText({ paths, renewed, gone, doubtful }: Readable): string {
  if (paths === 0) return 'nothing can be read: only what generations and roots need comes back';
  const lost = [
    ...(renewed > 0 ? [`${renewed} without their entry`] : []),
    ...(gone > 0 ? [`${gone} gone from the disk too`] : []),
    ...(doubtful > 0 ? [`${doubtful} without references`] : []),
  ];
  return `${plural(paths, 'path')} can be read${lost.length === 0 ? ', all of it' : `: ${lost.join(', ')}`}`;
}

function replacedOutcome({ paths, renewed, gone, found }: RebuildReport): Outcome {
  const made = [...renewed, ...found];
  return {
    status: 'done',
    summary: `a new database of ${plural(paths, 'path')}`,
    details: [
      ...(made.length === 0 ? [] : [`${made.length} by what is on the disk:`, ...listed(made)]),
      ...(gone.length === 0 ? [] : [`${gone.length} are gone:`, ...listed(gone)]),
    ],
  };
}

function otherWays(copy: string): readonly string[] {
  return [
    'other ways: db.sqlite of a backup or of a snapshot of the file system,',
    `or sqlite3 ${copy} .recover, on another machine if there is none here`,
  ];
}
