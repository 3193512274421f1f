/** Every probe, a row each, in the order of the ids: what it tells, and what it takes before it runs. */
import { type ProbeId, type ProbeRow, probeIds } from './probe.ts';

type Row = Omit<ProbeRow, 'id'>;

/** What most take: nothing. */
const light = {
  subject: null,
  subjectOptional: false,
  costs: 'a second',
  needs: null,
  touches: null,
  deadlineSec: 30,
  heavy: false,
  confirm: false,
} as const satisfies Partial<Row>;

const hourSec = 3600;
/** Nix does so even where it evaluates for reading only (fetchToStore). */
const ofFlake = 'of a flake: copies it, and inputs that are not there yet, into the store';

const rows: Readonly<Record<ProbeId, Row>> = {
  'verify-store': {
    ...light,
    title: 'Verify the store',
    help: 'Reads every store path and compares it with the hash in the database.',
    costs: 'minutes to hours: reads all of the store at idle priority',
    needs: 'access to every store path',
    deadlineSec: 12 * hourSec,
    heavy: true,
    confirm: true,
  },
  'verify-path': {
    ...light,
    title: 'Verify one store path',
    help: 'Reads one store path and compares it with the hash in the database.',
    subject: 'path',
    costs: 'seconds: reads the path',
    deadlineSec: 600,
  },
  database: {
    ...light,
    title: 'Check the database of the store',
    help: 'Copies db.sqlite with its log and lets SQLite check the copy (quick_check).',
    costs: 'seconds: room for a copy of the database in the state directory, removed afterwards',
    needs: 'read access to /nix/var/nix/db',
    deadlineSec: 600,
    heavy: true,
  },
  smart: {
    ...light,
    title: 'Ask the disk about itself (SMART)',
    help: 'smartctl reads what the disk counts: bad and pending sectors, media errors, wear. A sleeping disk is left asleep.',
    subject: 'device',
    needs: 'root, and smartctl (smartmontools)',
  },
  'kernel-log': {
    ...light,
    title: 'Read the kernel log',
    help: 'Lines since boot that tell of failing disks, file systems, kills for want of memory and hung tasks.',
    needs: 'root, or the group systemd-journal',
  },
  units: {
    ...light,
    title: 'List failed units and waiting jobs',
    help: 'systemctl lists the units that have failed and the jobs that a switch waits for.',
  },
  'read-speed': {
    ...light,
    title: 'Measure how fast the disk reads',
    help: 'Reads 256 MB or for 3 s from each layer between the store and its disks, past the page cache.',
    subject: 'device',
    subjectOptional: true,
    costs: 'seconds: up to 256 MB of reading from each layer, at idle priority',
    needs: 'root',
    deadlineSec: 60,
    heavy: true,
  },
  'cipher-speed': {
    ...light,
    title: 'Measure how fast the disk cipher is',
    help: 'cryptsetup benchmark measures in memory how fast this CPU decrypts.',
    costs: 'seconds of one CPU',
    needs: 'cryptsetup',
    deadlineSec: 60,
  },
  volumes: {
    ...light,
    title: 'Ask LVM about its volumes',
    help: 'lvs tells how full thin pools and snapshots are, vgck whether the metadata of the groups is sound.',
    needs: 'root, and lvm2',
    deadlineSec: 60,
  },
  'bad-blocks': {
    ...light,
    title: 'Read the whole disk',
    help: 'Reads every block of the disk once and counts those that cannot be read. Changes nothing.',
    subject: 'device',
    costs: 'hours: reads the whole disk at idle priority',
    needs: 'root',
    deadlineSec: 72 * hourSec,
    heavy: true,
    confirm: true,
  },
  evaluation: {
    ...light,
    title: 'Evaluate under limits',
    help: 'Evaluates the configuration with a limit of time and memory, and looks for repetition in its trace.',
    subject: 'flake',
    subjectOptional: true,
    costs: 'up to ten minutes of one CPU, and half of the memory that is free at most',
    touches: ofFlake,
    deadlineSec: 15 * 60,
    heavy: true,
    confirm: true,
  },
  'evaluation-profile': {
    ...light,
    title: 'Profile the evaluation',
    help: 'Evaluates under limits and tells which files take the time.',
    subject: 'flake',
    subjectOptional: true,
    costs: 'up to ten minutes of one CPU, and half of the memory that is free at most',
    touches: ofFlake,
    deadlineSec: 20 * 60,
    heavy: true,
    confirm: true,
  },
  bisection: {
    ...light,
    title: 'Find the module at fault',
    help: 'Evaluates the configuration again and again with half of its modules left out, until the one at fault is named.',
    subject: 'flake',
    subjectOptional: true,
    costs: 'ten evaluations and more, up to ten minutes each, and half of the memory that is free at most',
    touches: ofFlake,
    deadlineSec: 2 * hourSec,
    heavy: true,
    confirm: true,
  },
  cache: {
    ...light,
    title: 'Ask the cache',
    help: 'Asks a substituter whether it answers, how fast, and whether its key is trusted.',
    subject: 'cache',
    costs: 'seconds: some megabytes from the network',
    deadlineSec: 60,
  },
  builder: {
    ...light,
    title: 'Ask the builder',
    help: 'Connects to a machine that builds for this one: does it answer, with which Nix, are we trusted.',
    subject: 'builder',
    costs: 'seconds: one connection, which asks for no password',
    deadlineSec: 60,
  },
  stack: {
    ...light,
    title: 'See where a process sleeps',
    help: 'Looks twenty times within two seconds in which function of the kernel each thread of a build sleeps.',
    subject: 'process',
    costs: '2 s',
    needs: "root, or the build's owner",
    deadlineSec: 15,
  },
};

export const probeTable: readonly ProbeRow[] = probeIds.map((id) => ({ id, ...rows[id] }));

export function probeRow(id: ProbeId): ProbeRow {
  return { id, ...rows[id] };
}
