/** The database, copied aside before anything is done to it, and checked there. */
import { reasonOf, refused } from '../../actions/wording.ts';
import { bytesText } from '../../base/bytes.ts';
import { plural } from '../../base/plural.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import type { RecoverContext, Step } from '../step.ts';
import { askDatabase, longMs } from './ask-database.ts';
import { copyNote, integrityNote } from './notes.ts';
import { failed } from './outcomes.ts';
import { placesOf, whyNot } from './places.ts';

const slowly = { deadlineMs: 5000 };
const spareBytes = 64 << 20;
const mostProblems = 20;
const elsewhere = '--output names another place';
const directoryType = 0o040000;
const typeBits = 0o170000;

/** Tells, and ends nothing: to verify and to repair goes beside builds. */
export const running: Step = {
  id: 'running',
  title: 'See what runs',
  why: 'verifying and repairing go on beside builds, replacing a database does not',
  needs: [],
  async plan({ look }) {
    const { clients, builds } = await look();
    const local = builds.filter(({ host }) => host === null).length;
    if (clients.length + local === 0) return { state: 'needless', why: 'nothing of Nix runs' };
    const what = `${plural(clients.length, 'client')} and ${plural(local, 'build')} run`;
    return { state: 'needless', why: `${what}: they may go on, unless the database is to be replaced` };
  },
};

export const copy: Step = {
  id: 'copy',
  title: 'Copy the database aside',
  why: 'whatever happens later, this is what was there',
  needs: ['root'],
  async plan(context) {
    const { notes, ports } = context;
    const no = whyNot(context);
    if (no !== null) return no;
    const noted = notes.get(copyNote);
    if (noted !== null && (await ports.files.ownerSlow(noted, slowly)).ok)
      return { state: 'needless', why: `it is in ${noted}` };
    const { database } = placesOf(context);
    const found = await sizeOf(database, context);
    if (!found.ok)
      return {
        state: 'impossible',
        why: `there is no database: ${reasonOf(found.problem)}`,
        way: `one that was put aside comes back with mv; the files of ${database} belong together`,
      };
    const to = await placeOf(context);
    if ((await ports.files.ownerSlow(to, slowly)).ok)
      return { state: 'impossible', why: isThere(to), way: elsewhere };
    const free = await freeBytes(to, context);
    const size = `${bytesText(found.value)}${free === null ? '' : `, ${bytesText(free)} free there`}`;
    if (free !== null && free < found.value + spareBytes)
      return {
        state: 'impossible',
        why: `no room for the copy in ${directoryOf(to)}: ${size}`,
        way: 'another disk: nixpulse recover store --output DIRECTORY; or first: nixpulse recover space',
      };
    return {
      state: 'todo',
      asks: 'yes',
      lines: [`${database}, by SQLite’s own backup: no half-written moment`, `${size}; to`],
      code: [to],
    };
  },
  async act(context) {
    const { notes } = context;
    const to = await placeOf(context);
    const { database } = placesOf(context);
    if ((await context.ports.files.ownerSlow(to, slowly)).ok) return refused(isThere(to), elsewhere);
    await notes.set(copyNote, to);
    const copied = await askDatabase({ do: 'copy', from: database, to }, context, { mostMs: longMs });
    if (!copied.ok) return failed(copied.problem, context);
    const { bytes, raw } = copied.value;
    return {
      status: 'done',
      summary: `copied ${bytesText(bytes)}`,
      details: raw ? ['byte by byte: SQLite cannot read it as it is'] : [],
    };
  },
};

export const check: Step = {
  id: 'check',
  title: 'Let SQLite check the copy',
  why: 'a database in disorder is not to be written to',
  needs: ['minutes'],
  async plan(context) {
    const said = context.notes.get(integrityNote);
    if (said === 'sound') return { state: 'needless', why: 'SQLite finds no fault' };
    if (said !== null) return { state: 'needless', why: 'SQLite finds faults in the database' };
    const no = whyNot(context);
    if (no !== null) return no;
    return { state: 'todo', asks: 'nothing', lines: ['PRAGMA quick_check, then integrity_check'] };
  },
  async act(context): Promise<Outcome> {
    const { notes } = context;
    const database = notes.get(copyNote);
    if (database === null) return { status: 'failed', summary: 'there is no copy', details: [] };
    const order = { do: 'check', database, most: mostProblems } as const;
    const checked = await askDatabase(order, context, { mostMs: longMs });
    if (!checked.ok) return failed(checked.problem, context);
    const { problems } = checked.value;
    await notes.set(integrityNote, problems.length === 0 ? 'sound' : (problems[0] ?? 'broken'));
    if (problems.length === 0) return { status: 'done', summary: 'checked', details: [] };
    const many =
      problems.length === mostProblems ? `${mostProblems} faults and more` : plural(problems.length, 'fault');
    return { status: 'done', summary: many, details: problems.slice(0, 5) };
  },
};

/** Where `--output` says, else with our own state; the same once it is noted. */
async function placeOf({ ports, notes, wishes, stateDirectory }: RecoverContext): Promise<string> {
  const noted = notes.get(copyNote);
  const { output } = wishes;
  // One that did not come to its end may have another place now: there was no room for it.
  if (
    noted !== null &&
    (output === null || noted === output || directoryOf(noted) === output.replace(/\/+$/, ''))
  )
    return noted;
  const name = `nix-database-${stampOf(ports.clock.now())}.sqlite`;
  if (output === null) return `${stateDirectory}/recover/${name}`;
  const found = await ports.files.ownerSlow(output, { ...slowly, follow: true });
  const isDirectory = output.endsWith('/') || (found.ok && (found.value.mode & typeBits) === directoryType);
  return isDirectory ? `${output.replace(/\/+$/, '')}/${name}` : output;
}

/** `20261130-024112`, UTC. */
export function stampOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
}

/** With its log. */
export async function sizeOf(database: string, { ports }: RecoverContext) {
  const found = await ports.files.ownerSlow(database, { ...slowly, follow: true });
  if (!found.ok) return found;
  const log = await ports.files.ownerSlow(`${database}-wal`, slowly);
  return { ok: true as const, value: found.value.bytes + (log.ok ? log.value.bytes : 0) };
}

/** Of the nearest directory that is there. */
export async function freeBytes(path: string, { ports }: RecoverContext): Promise<number | null> {
  for (let at = directoryOf(path); at !== ''; at = directoryOf(at)) {
    const space = await ports.files.spaceSlow(at, slowly);
    if (space.ok) return space.value.availableBytes;
  }
  return null;
}

function isThere(path: string): string {
  return `${path} is there already, and is left as it is`;
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
