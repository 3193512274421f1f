/** What an Intent is called in one clause: in the journal, beside its progress, in front of its question. */

import { lengthText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import { clientCommand } from '../model/forest/client-command.ts';
import { type BuildTarget, type Intent, titleOfTarget } from '../model/intents/intent.ts';
import { nameOfPath } from '../model/nix-store/store-path.ts';
import { probeTitle } from './probe-words.ts';
import { limitTitle } from './question-limits.ts';

const shown = 3;

/** `kill firefox-130.0`, `pause 5 builds: a, b, c and 2 more`, `verify the store`. */
export function intentTitle(intent: Intent): string {
  switch (intent.type) {
    case 'kill':
    case 'pause':
    case 'resume':
    case 'lower':
    case 'restore':
      return `${intent.type} ${buildsTitle(intent.targets)}`;
    case 'limit': {
      const to = limitTitle(intent);
      // The figure is what one looks for: it stands before what may be long.
      return intent.targets.length === 1 || to === ''
        ? `limit ${buildsTitle(intent.targets)}${to === '' ? '' : ` to ${to}`}`
        : `limit to ${to} ${buildsTitle(intent.targets)}`;
    }
    case 'signal':
      return `send ${intent.signal} to process ${intent.process.pid} of ${titleOfTarget(intent.build)}`;
    case 'cancel': {
      const { clients, orphans, everything } = intent;
      if (everything) return 'cancel everything';
      const [client] = clients;
      const parts = [
        clients.length === 1 && client !== undefined ? clientCommand(client.command) : '',
        clients.length > 1 ? `${clients.length} clients` : '',
        orphans.length > 0 ? buildsTitle(orphans) : '',
      ];
      return `cancel ${parts.filter((part) => part !== '').join(' and ') || 'nothing'}`;
    }
    case 'restart-daemon':
      return 'restart the daemon';
    case 'hold-guard':
      return intent.holdMs > 0
        ? `hold the guard for ${lengthText(intent.holdMs)}`
        : 'end the hold of the guard';
    case 'restart-unit':
      return `restart ${intent.unit}`;
    case 'rollback': {
      const { profile, generation, mode } = intent;
      const what = profile.kind === 'system' ? `the system to generation ${generation} (${mode})` : '';
      return `roll back ${what || `${nameOfPath(profile.path)} to generation ${generation}`}`;
    }
    case 'collect':
      return 'collect a bundle';
    case 'verify':
      return 'verify the store';
    case 'probe':
      return probeTitle(intent.probe, intent.subject);
    case 'recover':
      return `recover ${intent.procedure}: ${intent.step}`;
    case 'repair':
      return `repair ${plural(intent.paths.length, 'store path')}`;
    case 'collect-garbage':
      return intent.olderThanDays === null
        ? 'collect garbage'
        : `collect garbage and generations older than ${plural(intent.olderThanDays, 'day')}`;
  }
}

function buildsTitle(targets: readonly BuildTarget[]): string {
  const [first] = targets;
  if (targets.length === 1 && first !== undefined) return titleOfTarget(first);
  const names = targets.slice(0, shown).map(titleOfTarget).join(', ');
  const more = targets.length > shown ? ` and ${targets.length - shown} more` : '';
  return `${plural(targets.length, 'build')}: ${names}${more}`;
}
