/** What the test of builders found, as the record has it. */
import { problemText, type Result } from '../../base/problem.ts';
import type { BuildTest, Untested } from '../../model/cache-check/cache-check.ts';
import type { ProbeValues } from '../../model/diagnosis/probe-values.ts';
import type { Answer } from './builder-run.ts';
import type { BuilderLoad } from './builder-slots.ts';
import type { ConfiguredBuilder } from './configured-builders.ts';
import { restrictedWords } from './judge-builder.ts';
import { resultBytes } from './test-derivations.ts';

export type Reach = Result<ProbeValues['builder']>;

/** Below it a speed is chance. */
const leastCopySec = 0.05;

export function ofLine(line: ConfiguredBuilder, load: BuilderLoad | null) {
  const { address, systems, features, mandatory, maxJobs, speedFactor } = line;
  return {
    ...{ address, systems, features, mandatory, speedFactor, slots: maxJobs },
    slotsBusy: load?.busy ?? null,
    waiting: load?.waiting ?? null,
  };
}

export function ofReach(reach: Reach | null) {
  const value = reach?.ok ? reach.value : null;
  return {
    answerSec: value?.sec ?? null,
    nixVersion: value?.nixVersion ?? null,
    trusted: value?.trusted ?? null,
  };
}

export function ofBuild(answer: Answer | null) {
  const copySec = answer?.sized ? answer.copySec : null;
  return {
    buildSec: answer?.builtSec ?? null,
    bytesPerSec: copySec === null || copySec < leastCopySec ? null : resultBytes / copySec,
  };
}

export function buildTest(
  offered: Result<Answer> | null,
  {
    wanted,
    here,
    cancelled,
  }: { readonly wanted: string; readonly here: string; readonly cancelled: boolean },
): BuildTest {
  const untested = (why: Untested): BuildTest => ({
    state: 'untested',
    untested: why,
    said: null,
    builder: null,
    sec: null,
  });
  if (offered === null || (cancelled && !(offered.ok && offered.value.done))) return untested('time');
  if (!offered.ok) {
    const { problem } = offered;
    if (problem.kind === 'unsupported') return untested('no-nix');
    return {
      state: 'failed',
      untested: null,
      said: problem.cause ?? problemText(problem),
      builder: null,
      sec: null,
    };
  }
  const { builder, done, sec } = offered.value;
  const state = done ? 'built' : builder === null ? 'declined' : 'failed';
  const said = done
    ? wanted === here
      ? null
      : `for ${wanted}: no builder has ${here}`
    : whyNot(offered.value);
  return { state, untested: null, said, builder, sec };
}

function whyNot({ connecting, waits, cut, sec, restricted, error }: Answer): string | null {
  if (restricted) return restrictedWords;
  if (cut && connecting !== null) return `no connection to ${connecting} within ${Math.round(sec)} s`;
  if (cut && waits) return `no builder had a free slot within ${Math.round(sec)} s`;
  return cut ? `not done within ${Math.round(sec)} s` : error;
}
