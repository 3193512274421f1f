/** `nixpulse`: the live dashboard. */
import type { CollectCommand } from '../actions/action.ts';
import { actions } from '../actions/registry.ts';
import { terminalStanding } from '../platform/controlling-terminal.ts';
import { compileWhatRunsOften } from '../platform/heap.ts';
import { createPressureTriggers } from '../platform/pressure-triggers.ts';
import type { SourceSet } from '../watch/sources.ts';
import { type DashboardOptions, runDashboard } from './dashboard/dashboard.tsx';
import type { ScreenSettingsRead } from './dashboard/settings-on-screen.ts';
import { bundlesDirectory } from './environment.ts';
import { depsOf, type Given, survivalOf } from './mode.ts';
import { followLogs, type JudgedSoon, judgedSoon, readAgainText, recordingOf, sourcesOf } from './wiring.ts';

export async function runDashboardMode(given: Given): Promise<number> {
  const { stdin, stdout } = given.process;
  if (!stdin.isTTY || !stdout.isTTY) {
    given.complain('the dashboard needs a terminal; without one: nixpulse snapshot');
    return 2;
  }
  const sources = await sourcesOf(given, { forLong: true });
  followLogs(given, sources.logs);
  return runDashboard(dashboardOf(given, sources));
}

/** What every dashboard of this machine takes. */
export function dashboardOf(
  given: Given,
  { sources, probes, readForest, lowDetail, settled, known }: SourceSet,
): DashboardOptions {
  const { invocation, ports, look, process } = given;
  const { stdin, stdout, stderr } = process;
  // Another machine's figures are recorded only where somebody says where to.
  const records = invocation.record && (ports.files.live || invocation.dir !== null);
  const judged = judgedSoon(given);
  return {
    ...{ clock: ports.clock, sources, stdin, stdout, stderr, process, ...look, lowDetail },
    intervalScale: invocation.interval,
    ...{ diagnose: judged.diagnose, readSettings: () => readForScreen(given, judged) },
    standing: terminalStanding,
    readOnly: invocation.readOnly,
    // Every action is loaded: what ends a build in a freeze is in memory from the start.
    deps: {
      ...depsOf(given, readForest, actions, probes),
      ...(ports.files.live && { collect: collectOf(given) }),
    },
    survival: survivalOf(given),
    facts: { settled, known },
    started() {
      given.started();
      compileWhatRunsOften({ withRoom: true });
    },
    ...(ports.files.live && { triggers: createPressureTriggers() }),
    ...(records && { recording: recordingOf(given) }),
  };
}

async function readForScreen({ look }: Given, judged: JudgedSoon): Promise<ScreenSettingsRead> {
  const { settings, complaints, files } = await judged.read();
  const { color, unicode, looks } = look;
  const { intervalScale } = judged;
  const shown = settings && looks && { ...settings.screen, color, unicode, looks, intervalScale };
  return { shown: shown ?? null, complaints, told: readAgainText(files) };
}

/** A process of its own: what it does takes nothing from the screen. */
function collectOf({ process, environment, ports, invocation }: Given): CollectCommand {
  const [, program = ''] = process.argv;
  const home = environment['HOME'];
  const directory = invocation.dir === null ? [] : ['--dir', invocation.dir];
  return {
    command: [process.execPath, ...process.execArgv, program, 'collect', '--json', ...directory],
    environment: home === undefined ? {} : { HOME: home },
    directory: bundlesDirectory(environment, ports.native.uid),
  };
}
