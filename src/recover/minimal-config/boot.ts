/** The minimal configuration as the default of the next boot, by nixos-rebuild boot. Never a switch. */
import { lookAround } from '../../actions/rollback-standing.ts';
import { endText, runStep } from '../../actions/rollback-step.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import { systemProfile } from '../../nix-store/profiles.ts';
import type { Plan, RecoverContext } from '../step.ts';
import type { EvaluatedConfig } from './evaluated.ts';
import { builtSystem, commandText, rebuildCommand, resultLink, whyNotNow } from './rebuild.ts';

/** Notes: the generation that was the default, and what was made the default, of what. */
const [before, booted] = ['before', 'booted'];

export async function planBoot(
  path: string,
  evaluated: EvaluatedConfig,
  context: RecoverContext,
): Promise<Plan> {
  const { files, native } = context.ports;
  const now = await lookAround(systemProfile.target, '/run', files);
  // The profile moves first: that the boot menu is written only the end of nixos-rebuild says.
  if (now.defaultPath !== null && context.notes.get(booted) === `${evaluated.output} ${now.defaultPath}`)
    return {
      state: 'needless',
      why: `generation ${now.defaultNumber ?? 'unknown'} is the default of the next boot`,
      lines: wayBack(context),
    };
  const number = context.notes.get(before) ?? now.defaultNumber;
  if (!native.may('administer')) return { state: 'impossible', denied: true, why: 'it takes root' };
  return (
    (await whyNotNow(context)) ?? {
      state: 'todo',
      asks: { word: 'boot' },
      lines: [
        commandText(rebuildCommand('boot', path, evaluated, context)),
        'what runs now goes on as it is; the next boot has only what the file says: other services, users of your own groups and programs are not there until you go back',
        ...(number === null ? [] : [`generation ${number} stays in the boot menu`]),
      ],
    }
  );
}

/** Once the boot menu is being written there is no cancelling, and no closed terminal that ends it. */
export async function boot(
  path: string,
  evaluated: EvaluatedConfig,
  context: RecoverContext,
): Promise<Outcome> {
  const blocked = await whyNotNow(context);
  if (blocked?.state === 'impossible') return { status: 'refused', summary: blocked.why, details: [] };
  if (context.cancelled.aborted) return { status: 'cancelled', summary: 'nothing was changed', details: [] };
  const { files, ownFiles } = context.ports;
  const was = await lookAround(systemProfile.target, '/run', files);
  if (context.notes.get(before) === null && was.defaultNumber !== null)
    await context.notes.set(before, `${was.defaultNumber}`);
  const [file, ...args] = rebuildCommand('boot', path, evaluated, context);
  const end = await runStep(
    { kind: 'activate', title: 'makes it the default of the next boot', file, args },
    context,
    { cancellable: false, lasting: true },
  );
  if (end.exitCode !== 0)
    return {
      status: 'failed',
      summary: `nixos-rebuild boot ${endText(end)}`,
      details: [...end.tail, ...wayBack(context)],
    };
  const now = await lookAround(systemProfile.target, '/run', files);
  const system = await builtSystem(evaluated, context);
  if (system === null || now.defaultPath !== system)
    return {
      status: 'failed',
      summary: `nixos-rebuild boot is done, but the default is ${now.defaultPath ?? 'not known'}, and not what was built`,
      details: wayBack(context),
    };
  await context.notes.set(booted, `${evaluated.output} ${system}`);
  // The generation keeps it from the garbage collector now.
  await ownFiles.remove(resultLink(context));
  return { status: 'done', summary: 'nixos-rebuild boot is done', details: [] };
}

function wayBack({ notes }: RecoverContext): readonly string[] {
  const number = notes.get(before);
  return number === null
    ? ['the way back: an older generation of the boot menu']
    : [`the way back: nixpulse rollback --to ${number} --boot, or generation ${number} of the boot menu`];
}
