/** /boot: kernels of generations that are gone, and of old ones; the boot loader's own script removes them. */
import { bytesText } from '../../base/bytes.ts';
import { plural } from '../../base/plural.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import type { BootPlace } from '../../model/machine/places.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import { systemProfile } from '../../nix-store/profiles.ts';
import type { Ports } from '../../platform/ports.ts';
import { readStaleKernels } from '../../probes/check/boot-facts.ts';
import type { Plan, RecoverContext, Step } from '../step.ts';
import { menuScript, writeMenu } from './menu.ts';
import { deleteCommand, deleteGenerations, linksOf, type OldGenerations, oldOf } from './old-generations.ts';
import { freeText, isBootShort, neededForKernel, roomNow } from './room.ts';
import { forgetGarbage } from './store-gain.ts';

/** Each has a kernel and an initrd there: beside the default, the running and the booted one. */
const keep = 2;
const shown = new WeakMap<Ports, OldGenerations | null>();

export const bootStep: Step = {
  id: 'boot',
  title: 'Old kernels on the boot partition',
  why: 'a boot menu that cannot be written whole is a machine that may not boot',
  needs: ['root'],
  optional: true,
  async plan(context) {
    const { boot } = await roomNow(context);
    if (boot === null) return { state: 'needless', why: 'kernels lie on no file system of their own' };
    const short = isBootShort(boot);
    if (short === null)
      return { state: 'impossible', why: `${boot.mountPoint}: how much is free is not known` };
    if (!short) return { state: 'needless', why: `it has room: ${freeText(boot)}` };
    const { native } = context.ports;
    if (!native.may('administer'))
      return { state: 'impossible', denied: true, why: `${freeText(boot)}; it takes root` };
    return planFor(boot, context);
  },
  async act(context): Promise<Outcome> {
    const old = shown.get(context.ports) ?? null;
    const deleted = old === null ? { count: 0, problem: null } : await deleteGenerations(old, keep, context);
    forgetGarbage(context);
    if (deleted.problem !== null)
      return { status: 'failed', summary: 'generations could not be deleted', details: [deleted.problem] };
    const gone = deleted.count === 0 ? '' : `; ${plural(deleted.count, 'generation')} deleted`;
    const why = await writeMenu(context);
    return why === null
      ? { status: 'done', summary: `the boot menu is written${gone}`, details: [] }
      : { status: 'failed', summary: `the boot menu could not be written${gone}`, details: [why] };
  },
};

async function planFor(boot: BootPlace, context: RecoverContext): Promise<Plan> {
  const { ports } = context;
  const { mountPoint, availableBytes } = boot;
  const needed = neededForKernel(boot);
  const free = `${freeText(boot)}; a kernel with its initrd takes ${bytesText(needed)}`;
  const script = await menuScript(context);
  if ('why' in script) return { state: 'impossible', why: `${free}; ${script.why}` };
  const stale = await readStaleKernels(mountPoint, ports.files);
  const isEnough = stale !== null && (availableBytes ?? 0) + stale.bytes >= needed;
  const list = isEnough ? null : await readGenerations(ports, systemProfile.target);
  const found = list?.ok ? oldOf(list.value, keep) : null;
  const old = found !== null && found.numbers.length > 0 ? found : null;
  shown.set(ports, old);
  if (old === null && (stale === null || stale.files === 0))
    return {
      ...{
        state: 'impossible',
        why: `${free}, and what lies there belongs to the generations that are kept`,
      },
      way: 'fewer of them: boot.loader.systemd-boot.configurationLimit = 3 (boot.loader.grub too)',
    };
  const all = old === null ? null : await readStaleKernels(mountPoint, ports.files, new Set(linksOf(old)));
  const staleText =
    stale === null
      ? 'what of it belongs to no generation is not known'
      : `of generations that are gone: ${plural(stale.files, 'file')}, ${bytesText(stale.bytes)}`;
  const gain = all === null ? 'not known how much' : bytesText(all.bytes - (stale?.bytes ?? 0));
  return {
    ...{ state: 'todo', asks: old === null ? 'yes' : { word: 'delete' } },
    lines: [
      ...[free, staleText],
      ...(old === null ? [] : [`nix-env ${deleteCommand(old).join(' ')}`, `which brings there: ${gain}`]),
      `${script.path} boot`,
      'it writes the menu and removes what is of no generation',
    ],
  };
}
