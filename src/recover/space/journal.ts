/** The journal, last: it is what tells afterwards why the machine was full. */
import { bytesText } from '../../base/bytes.ts';
import { orNull } from '../../base/problem.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { parseJournalUsage } from '../../parse/journal-usage.ts';
import type { RecoverContext, Step } from '../step.ts';
import { freeText, isShort, roomNow } from './room.ts';

const directory = '/var/log/journal';
const keptBytes = 200 * 1024 ** 2;
/** Below this it is not worth what it knows. */
const bigBytes = 500 * 1024 ** 2;
const vacuum = ['--vacuum-size=200M'];

export const journalStep: Step = {
  id: 'journal',
  title: 'The journal',
  why: 'it knows why the machine was full: it goes last, and 200 MB of it stay',
  needs: ['root', 'systemd'],
  once: true,
  optional: true,
  async plan(context) {
    const { files, native, spawn } = context.ports;
    const place = await files.ownerSlow(directory, { ...slowly, follow: true });
    if (!place.ok)
      return { state: 'needless', why: `there is none on a disk (${directory}: ${place.problem.kind})` };
    const short = await shortOn(place.value.device, context);
    if (short === null) return { state: 'needless', why: 'where it lies there is room' };
    if (!files.live) return { state: 'impossible', why: 'of another root directory its size is not asked' };
    const run = await spawn.run('journalctl', ['--disk-usage'], { timeoutMs: 10_000 });
    const bytes = run.ok ? parseJournalUsage(run.value.stdout) : null;
    if (bytes === null) return { state: 'impossible', why: 'what it takes is not known' };
    if (bytes < bigBytes) return { state: 'needless', why: `it takes ${bytesText(bytes)} only` };
    if (!native.may('administer'))
      return { state: 'impossible', denied: true, why: `it takes ${bytesText(bytes)}; to cut it takes root` };
    return {
      ...{ state: 'todo', asks: { word: 'cut' } },
      lines: [
        `journalctl ${vacuum.join(' ')}`,
        `it takes ${bytesText(bytes)}; about ${bytesText(bytes - keptBytes)} of the oldest go (${short})`,
      ],
    };
  },
  async act({ ports }): Promise<Outcome> {
    const run = await ports.spawn.run('journalctl', vacuum, { timeoutMs: 120_000 });
    const said = run.ok
      ? run.value.stderr.trim().split('\n').slice(-2)
      : [run.problem.cause ?? run.problem.kind];
    return run.ok && run.value.exitCode === 0
      ? { status: 'done', summary: 'the journal is cut', details: said }
      : { status: 'failed', summary: 'the journal could not be cut', details: said };
  },
};

/** The file system of that device, where it is short. */
async function shortOn(device: number, context: RecoverContext): Promise<string | null> {
  const { filesystems } = await roomNow(context);
  for (const filesystem of filesystems.filter(isShort)) {
    const owner = orNull(await context.ports.files.ownerSlow(filesystem.mountPoint, slowly));
    if (owner?.device === device) return freeText(filesystem);
  }
  return null;
}
