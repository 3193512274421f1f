/**
 * `nixpulse complete KIND`: what completions of shells offer. It looks once, says nothing on stderr, and ends with 0
 * within two seconds whatever the machine is like: somebody sits at a prompt and waits.
 */
import {
  offeredGenerations,
  offeredLines,
  offeredSettings,
  offeredTargets,
} from '../format/offered-targets.ts';
import { type TargetKind, targetKinds } from '../model/intents/target-kind.ts';
import { readGenerations } from '../nix-store/generations.ts';
import { profileAt } from '../nix-store/profiles.ts';
import { createLooker } from '../watch/look-twice.ts';
import type { Given } from './mode.ts';
import { sourcesOf } from './wiring.ts';

const mostMs = 2000;

export async function runCompleteMode(given: Given): Promise<number> {
  const { invocation, ports, write } = given;
  const [kind = '', ...subject] = (invocation.operand ?? '').split(':');
  const known = targetKinds.find((one) => one === kind);
  if (known === undefined) return 0;
  const late = new Promise<string>((resolve) => ports.clock.after(mostMs, () => resolve('')));
  // Whatever went wrong: a prompt is no place to be told so.
  const lines = await Promise.race([linesOf(known, subject.join(':'), given), late]).catch(() => '');
  if (lines !== '') await write(lines);
  return 0;
}

async function linesOf(kind: TargetKind, subject: string, given: Given): Promise<string> {
  if (kind === 'generations') return generationLines(subject, given);
  if (kind === 'settings') return settingLines();
  const { sources, settled } = await sourcesOf(given);
  try {
    const looker = createLooker({ sources, clock: given.ports.clock, intervalMs: 0, settled });
    return offeredLines(offeredTargets(kind, await looker.begin()));
  } finally {
    for (const source of sources) source.close();
  }
}

async function settingLines(): Promise<string> {
  const { settingRows } = await import('../settings/rows.ts');
  return offeredLines(offeredSettings(settingRows));
}

/** `~` is the home: the shell has not expanded what is still typed. */
async function generationLines(subject: string, { invocation, environment, ports }: Given): Promise<string> {
  const home = environment['HOME'] ?? '';
  const path = subject === '' ? invocation.profile : subject.replace(/^~(?=\/)/, () => home);
  const list = await readGenerations(ports, await profileAt(ports, path));
  return list.ok ? offeredLines(offeredGenerations(list.value.generations)) : '';
}
