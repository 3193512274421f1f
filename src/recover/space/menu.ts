/** Has the system's own script write the boot menu: it removes what belongs to no generation, as nothing else may. */
import { endText, runStep } from '../../actions/rollback-step.ts';
import { findSwitch, holderText } from '../../actions/switch-lock.ts';
import { unsoundReason } from '../../model/nix-store/generations.ts';
import { readGenerations } from '../../nix-store/generations.ts';
import { systemProfile } from '../../nix-store/profiles.ts';
import type { RecoverContext } from '../step.ts';

/** What writes it; null with why: there is no sound default to write it for. */
export async function menuScript({
  ports,
}: Pick<RecoverContext, 'ports'>): Promise<{ readonly path: string } | { readonly why: string }> {
  const list = await readGenerations(ports, systemProfile.target);
  if (!list.ok) return { why: `${systemProfile.target.path}: ${list.problem.cause ?? list.problem.kind}` };
  const byDefault = list.value.generations.find(({ isDefault }) => isDefault);
  if (byDefault?.storePath == null) return { why: 'the system has no default' };
  const flaw = unsoundReason(byDefault);
  if (flaw !== null) return { why: `generation ${byDefault.number}, the default, is not sound: ${flaw}` };
  return { path: `${byDefault.storePath}/bin/switch-to-configuration` };
}

/** Why not; null: it is written. Nothing ends it midway. */
export async function writeMenu(context: RecoverContext): Promise<string | null> {
  const script = await menuScript(context);
  if ('why' in script) return script.why;
  const holder = await findSwitch(context.ports.files, '/run', context.readForest);
  if (holder.ok && holder.value !== null) return `a switch runs: ${holderText(holder.value)}`;
  const end = await runStep(
    {
      ...{ kind: 'activate', title: 'writes the boot menu', file: 'env' },
      args: ['-i', 'NIXOS_INSTALL_BOOTLOADER=', script.path, 'boot'],
    },
    context,
    { cancellable: false, lasting: true },
  );
  if (end.exitCode === 0) return null;
  return [`switch-to-configuration ${endText(end)}`, ...end.tail.slice(-2)].join(': ');
}
