/** The daemon with all that it builds behind everybody else, until the next boot. */
import { isBooted } from '../../actions/booted.ts';
import { daemonUnit } from '../../actions/restart-daemon.ts';
import { readUnitLimits, setUnitLimits, type UnitProperty } from '../../actions/unit-limits.ts';
import { reasonOf } from '../../actions/wording.ts';
import { bytesText } from '../../base/bytes.ts';
import { plural } from '../../base/plural.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { parseMeminfo } from '../../parse/meminfo.ts';
import type { Files } from '../../platform/ports.ts';
import type { RecoverContext, Step } from '../step.ts';

/** Others have 100 (systemd.resource-control(5)). */
const weight = 20;
/** Of the memory: past it what is built is held up, and gives back what it can. */
const share = 0.75;
const page = 4096;

export const limitsStep: Step = {
  id: 'limits',
  title: 'Hold the daemon and its builds back',
  why: 'so that the next rebuild leaves the machine usable; until the next boot',
  needs: ['root', 'systemd'],
  optional: true,
  async plan(context) {
    const { files, native } = context.ports;
    if ((await isBooted(files)) === false) return { state: 'impossible', why: 'systemd does not run here' };
    if (!native.may('administer')) return { state: 'impossible', denied: true, why: 'it takes root' };
    if (!files.live) return { state: 'impossible', why: 'of another root directory no unit is asked' };
    const now = await unsetIn(context);
    if ('why' in now) return { state: 'impossible', why: now.why };
    const set = Object.entries(now.values).filter(([name]) => !now.unset.some(([unset]) => unset === name));
    if (now.unset.length === 0) return { state: 'needless', why: `it is: ${set.map(assigned).join(' ')}` };
    const [words, back] = [now.unset, now.unset.map(([name]) => [name, before(name)] as const)];
    const memory = now.unset.find(([name]) => name === 'MemoryHigh')?.[1];
    return {
      ...{ state: 'todo', asks: 'yes' },
      lines: [
        command(words),
        ...(memory === undefined ? [] : [`held up past ${bytesText(Number(memory))} of memory, not ended`]),
        `undone with: ${command(back)}`,
      ],
    };
  },
  async act(context): Promise<Outcome> {
    const now = await unsetIn(context);
    if ('why' in now) return { status: 'failed', summary: now.why, details: [] };
    const set = await setUnitLimits(daemonUnit, now.unset, context.ports.spawn);
    if (!set.ok) return { status: 'failed', summary: reasonOf(set.problem), details: [] };
    return { status: 'done', summary: `${plural(now.unset.length, 'limit')} set`, details: [] };
  },
};

type Assignment = readonly [UnitProperty, string];

function assigned([name, value]: readonly [string, string]): string {
  return `${name}=${value}`;
}

function command(words: readonly Assignment[]): string {
  return `systemctl set-property --runtime ${daemonUnit} ${words.map(assigned).join(' ')}`;
}

/** As it is where nobody has set it; an empty value takes a weight back. */
function before(name: UnitProperty): string {
  return name === 'MemoryHigh' ? 'infinity' : '';
}

/** What somebody has set stays. */
async function unsetIn({
  ports,
}: RecoverContext): Promise<
  | { readonly unset: readonly Assignment[]; readonly values: Readonly<Record<string, string>> }
  | { readonly why: string }
> {
  const unit = await readUnitLimits(daemonUnit, ports.spawn);
  if (!unit.ok) return { why: reasonOf(unit.problem) };
  const { values } = unit.value;
  const memory = memoryHigh(ports.files);
  const wanted: readonly Assignment[] = [
    ...(memory === null ? [] : [['MemoryHigh', String(memory)] as const]),
    ['CPUWeight', String(weight)],
    ['IOWeight', String(weight)],
  ];
  return { values, unset: wanted.filter(([name]) => values[name] === '' || values[name] === 'infinity') };
}

function memoryHigh(files: Files): number | null {
  const text = files.read('/proc/meminfo');
  const memory = text.ok ? parseMeminfo(text.value) : text;
  return memory.ok ? Math.floor((memory.value.totalBytes * share) / page) * page : null;
}
