/** `nixpulse replay` and `nixpulse demo`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileWhatComputes } from '../platform/heap.ts';
import type { ScreenSettings } from '../settings/screen-rows.ts';
import type { UiState } from '../state/state.ts';
import { recordingsDirectory } from './environment.ts';
import type { Given } from './mode.ts';
import { replay } from './replay/replay-command.ts';
import { judgedSoon, recordingFilesOf } from './wiring.ts';

export async function runReplayMode(given: Given): Promise<number> {
  compileWhatComputes();
  const { invocation, environment, ports } = given;
  const own = invocation.operand === null;
  const path = invocation.operand ?? recordingsDirectory(null, environment, ports.native.uid);
  return show(given, path, own, {});
}

export async function runDemoMode(given: Given): Promise<number> {
  const path = join(import.meta.dirname, 'demo.nixpulse');
  if (!existsSync(path)) {
    given.complain('this copy has no demo in it: npm run build makes it complete');
    return 1;
  }
  const endText = 'That was it. Space plays it again, q quits; `nixpulse` shows your own machine, live.';
  return show(given, path, false, { plays: true, title: 'demo', endText });
}

function orderOf({ columns, sort, inverted }: ScreenSettings): Partial<UiState> {
  return { columns, sort, inverted };
}

interface Screen {
  readonly plays?: boolean;
  readonly title?: string;
  readonly endText?: string;
}

async function show(given: Given, path: string, own: boolean, screen: Screen): Promise<number> {
  const { invocation, look, process, ports, complain, write } = given;
  const { stdin, stdout, stderr } = process;
  const { at, json, readOnly } = invocation;
  const judged = judgedSoon(given);
  const { settings, complaints } = await judged.read();
  for (const line of complaints) complain(line);
  return replay({
    name: invocation.command === 'demo' ? 'demo' : 'replay',
    files: recordingFilesOf(given),
    ...{ path, at, own, json, complain, write },
    screen: {
      ...{ clock: ports.clock, stdin, stdout, stderr, ...look, readOnly },
      ...{ diagnose: judged.diagnose, ...screen },
      ...(settings && { ui: orderOf(settings.screen) }),
    },
  });
}
