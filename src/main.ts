/** `nixpulse`: every mode, each loaded when it is asked for. */
import { type CommandId, isVerb } from './cli/table.ts';
import type { Mode } from './modes/mode.ts';
import { start } from './modes/start.ts';

async function loadMode(command: CommandId): Promise<Mode> {
  if (isVerb(command)) return (await import('./modes/verb.ts')).runVerbMode;
  switch (command) {
    case 'dashboard':
      return (await import('./modes/dashboard.ts')).runDashboardMode;
    case 'watch':
      return (await import('./modes/watch.ts')).runWatchMode;
    case 'record':
      return (await import('./modes/record.ts')).runRecordMode;
    case 'replay':
      return (await import('./modes/replay.ts')).runReplayMode;
    case 'report':
      return (await import('./modes/report.ts')).runReportMode;
    case 'demo':
      return (await import('./modes/replay.ts')).runDemoMode;
    case 'guard':
      return (await import('./modes/guard.ts')).runGuardMode;
    case 'guard-status':
      return (await import('./modes/guard/status.ts')).runGuardStatus;
    case 'guard-hold':
      return (await import('./modes/guard/hold.ts')).runGuardHold;
    case 'guard-simulate':
      return (await import('./modes/guard/simulate.ts')).runGuardSimulate;
    case 'guard-release':
      return (await import('./modes/guard/release.ts')).runGuardRelease;
    case 'export':
      return (await import('./modes/export.ts')).runExportMode;
    case 'fleet':
      return (await import('./modes/fleet.ts')).runFleetMode;
    case 'rescue':
      return (await import('./modes/rescue.ts')).runRescueMode;
    case 'diagnose':
      return (await import('./modes/diagnose.ts')).runDiagnoseMode;
    case 'explain':
      return (await import('./modes/seldom.ts')).runExplainMode;
    case 'check-rebuild':
    case 'check-deploy':
      return (await import('./modes/seldom.ts')).runCheckMode;
    case 'check-cache':
      return (await import('./modes/seldom.ts')).runCheckCacheMode;
    case 'recover':
      return (await import('./modes/seldom.ts')).runRecoverMode;
    case 'collect':
      return (await import('./modes/seldom.ts')).runCollectMode;
    case 'config':
      return (await import('./modes/config.ts')).runConfigMode;
    case 'complete':
      return (await import('./modes/complete.ts')).runCompleteMode;
    case 'snapshot':
    case 'status':
      return (await import('./modes/snapshot.ts')).runSnapshotMode;
  }
}

void start({ process, threads: 11, usual: { words: [], command: 'dashboard' }, loadMode });
