/** A rebuild has made the machine worse, or it does not boot: back to the last generation that is known to be good. */

import { findSwitch, holderText } from '../actions/switch-lock.ts';
import { orNull } from '../base/problem.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import { generationOf, unsoundReason } from '../model/nix-store/generations.ts';
import { switchUnit } from '../model/nix-store/rollback-plan.ts';
import { slowly } from '../nix-store/generation-soundness.ts';
import { readGenerations } from '../nix-store/generations.ts';
import { systemProfile } from '../nix-store/profiles.ts';
import type { Files } from '../platform/ports.ts';
import { boots, readBootMenu } from './rollback/boot-menu.ts';
import { type Choice, choiceNow, keepChoice } from './rollback/choice.ts';
import { bootedText, generationRows, generationText } from './rollback/words.ts';
import type { Plan, Procedure, RecoverContext, Step } from './step.ts';

const choose: Step = {
  id: 'choose',
  title: 'Find the last good generation',
  why: 'what is whole and has booted before boots again, most likely',
  needs: [],
  async plan(context) {
    const choice = await choiceNow(context);
    if ('state' in choice) return choice;
    const { kept, generation, booted } = choice;
    if (kept)
      return {
        state: 'needless',
        why: `generation ${generation.number} is chosen: ${generationText(generation)}; ${bootedText(booted)}`,
      };
    return { state: 'todo', asks: 'nothing', lines: [...generationRows(choice), ...unknownBoots(choice)] };
  },
  async act(context): Promise<Outcome> {
    const choice = await choiceNow(context);
    if ('state' in choice) return { status: 'failed', summary: choice.why, details: [] };
    await keepChoice(choice, context);
    return { status: 'done', summary: `generation ${choice.generation.number}`, details: [] };
  },
};

function unknownBoots({ history }: Choice): readonly string[] {
  if (history.ok) return [];
  const { where, cause, kind } = history.problem;
  return [`what booted before is not known: ${where}: ${cause ?? kind}`];
}

const goBack: Step = {
  id: 'go-back',
  title: 'Go back to it',
  why: 'the profile names it again, and the boot menu too',
  needs: ['root'],
  async plan(context) {
    const choice = await choiceNow(context);
    if ('state' in choice) return choice;
    const { files, native } = context.ports;
    const { generation } = choice;
    const { number, storePath, isDefault, isRunning } = generation;
    const mode = await modeOf(choice, files);
    if (isDefault && (isRunning || mode.mode === 'boot'))
      return { state: 'needless', why: `generation ${number} is the default${isRunning ? ' and runs' : ''}` };
    if (!native.may('administer'))
      return {
        ...{ state: 'impossible', denied: true, why: `going back to generation ${number} takes root` },
        way: `sudo nixpulse recover rollback --to ${number}`,
      };
    const busy = await switchNow(context);
    if (busy !== null) return busy;
    return {
      state: 'todo',
      asks: { word: String(number) },
      lines: [
        `generation ${number}: ${generationText(generation)}; ${bootedText(choice.booted)}`,
        `from generation ${choice.list.defaultNumber ?? 'unknown'}, which stays where it is`,
        `nix-env -p ${systemProfile.target.path} --switch-generation ${number}`,
        `${storePath}/bin/switch-to-configuration ${mode.mode}`,
        `${mode.mode === 'boot' ? 'with the next boot' : 'at once'}: ${mode.why}`,
      ],
      intent: {
        ...{ type: 'rollback', profile: systemProfile.target, generation: number, mode: mode.mode },
        ...(storePath === null ? {} : { storePath }),
      },
    };
  },
};

interface Mode {
  readonly mode: 'boot' | 'switch';
  readonly why: string;
}

/** To switch between kernels, or after a switch that was cut off, is to try one's luck. */
async function modeOf({ generation }: Choice, files: Files): Promise<Mode> {
  if (generation.isRunning) return { mode: 'boot', why: 'it runs already' };
  if ((await leftOver(files)) !== null) return { mode: 'boot', why: 'the last switch was cut off' };
  for (const part of ['kernel', 'initrd', 'kernel-modules']) {
    const [booted, its] = await Promise.all(
      ['/run/booted-system', generation.storePath ?? ''].map((path) =>
        files.linkSlow(`${path}/${part}`, slowly).then(orNull),
      ),
    );
    if (booted !== its) return { mode: 'boot', why: `it has another ${part} than the one that runs` };
  }
  const why = generation.kernel === null ? 'it has no kernel of its own' : 'it has the kernel that runs';
  return { mode: 'switch', why };
}

/** switch-to-configuration writes them before it begins, and removes them at its end. */
async function leftOver(files: Files): Promise<string | null> {
  for (const name of ['start-list', 'restart-list', 'reload-list']) {
    if ((await files.ownerSlow(`/run/nixos/${name}`, slowly)).ok) return `/run/nixos/${name}`;
  }
  return null;
}

async function switchNow({ ports, readForest }: RecoverContext): Promise<Plan | null> {
  const holder = await findSwitch(ports.files, '/run', readForest);
  if (!holder.ok || holder.value === null) return null;
  return {
    ...{ state: 'impossible', why: `a switch runs: ${holderText(holder.value)}` },
    way: `wait until it has ended, or see what it waits for: systemctl status ${switchUnit}`,
  };
}

const menu: Step = {
  id: 'menu',
  title: 'Look what boots next',
  why: 'a profile that is right and a boot menu that is not boot the wrong one',
  needs: ['root'],
  once: true,
  optional: true,
  async plan(context) {
    const choice = await choiceNow(context);
    if ('state' in choice) return choice;
    const { number, isRunning, isDefault, storePath } = choice.generation;
    // Of a look at what would be: it is not so far yet.
    if (!isDefault) return { state: 'todo', asks: 'nothing', lines: [`that it is generation ${number}`] };
    const found = await readBootMenu(context.ports.files);
    const next = isRunning ? '' : '; it starts with the next boot: systemctl reboot';
    if (found.state === 'none')
      return { state: 'needless', why: `there is no boot menu that is known${next}` };
    if (found.state === 'read' && boots(found.byDefault, choice.generation))
      return { state: 'needless', why: `${found.path} boots generation ${number}${next}` };
    const why = found.state === 'read' ? `${found.path} boots another one` : found.why;
    const again = `${storePath}/bin/switch-to-configuration boot`;
    if (isRunning) return { state: 'impossible', why, way: `write it again: sudo ${again}` };
    if (!context.ports.native.may('administer'))
      return { state: 'impossible', denied: true, why: `${why}: writing it takes root` };
    return {
      ...{ state: 'todo', asks: 'yes', lines: [`${why}: it is written once more`, again] },
      intent: {
        ...{ type: 'rollback', profile: systemProfile.target, generation: number, mode: 'boot' },
        ...(storePath === null ? {} : { storePath }),
      },
    };
  },
};

export const rollbackProcedure: Procedure = {
  id: 'rollback',
  title: 'Go back to the last good generation',
  when: 'the last rebuild made it worse, or does not boot',
  steps: [choose, goBack, menu],
  async fits({ ports: { files } }) {
    const left = await leftOver(files);
    if (left !== null) return `a switch was cut off: ${left} is left over`;
    const list = await readGenerations({ files }, systemProfile.target);
    const number = list.ok ? list.value.defaultNumber : null;
    const byDefault = list.ok && number !== null ? generationOf(list.value, number) : null;
    if (!list.ok || byDefault === null) return null;
    const flaw = byDefault.soundness.state === 'unsound' ? unsoundReason(byDefault) : null;
    if (flaw !== null) return `generation ${number}, the default, is not sound: ${flaw}`;
    const booted = list.value.generations.find(({ isBooted }) => isBooted);
    const bootedMs = bootTimeMs(files);
    if (booted === undefined || booted.storePath === byDefault.storePath) return null;
    if (bootedMs === null || byDefault.dateMs === null || byDefault.dateMs > bootedMs) return null;
    return `generation ${booted.number} was booted, though ${number} is the default`;
  },
};

/** `btime` of /proc/stat (proc_stat(5)), Unix ms. */
function bootTimeMs(files: Files): number | null {
  const text = files.read('/proc/stat');
  const seconds = text.ok ? /^btime (\d+)$/m.exec(text.value)?.[1] : undefined;
  return seconds === undefined ? null : Number(seconds) * 1000;
}
