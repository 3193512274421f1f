/** Reads what `diagnose --quick` shows, all of it side by side, and gives up on whatever has not answered by its end. */
import { fail, ok, type Result } from '../../base/problem.ts';
import type { AskedUnit, JournalErrors, QuickFacts } from '../../model/advice/quick-facts.ts';
import type { MachineFacts } from '../../model/advice/rebuild-facts.ts';
import { parseJournalErrors } from '../../parse/journal-errors.ts';
import { createCache } from '../cache.ts';
import type { HttpOptions } from '../http-get.ts';
import type { ProbeContext } from '../probe.ts';
import { runProgram } from '../run-program.ts';
import { units } from '../units.ts';
import { askAnswer } from './answers.ts';
import { readSettings } from './settings.ts';
import { askDaemon, readMemoryLimit, readState } from './state-facts.ts';

const errorMinutes = 10;
const mostErrors = 500;
const mostCaches = 8;
const mostUnits = 16;

export interface QuickWanted {
  /** All together; what is late then is named. */
  readonly totalMs: number;
  readonly environment: HttpOptions['environment'];
  /** Units that the settings name. */
  readonly units: readonly { readonly unit: string; readonly asks: string | null }[];
  readonly look: () => Promise<MachineFacts>;
}

export async function readQuickFacts(wanted: QuickWanted, context: ProbeContext): Promise<QuickFacts> {
  const { totalMs, environment, look } = wanted;
  const { clock, files } = context.ports;
  const endMs = clock.monotonic() + totalMs;
  const late = new AbortController();
  const stop = () => late.abort();
  const cancelEnd = clock.after(totalMs, stop);
  context.cancelled.addEventListener('abort', stop, { once: true });
  const bounded: ProbeContext = { ...context, cancelled: late.signal };

  /** By then it is there, or it is late: nobody waits for what does not end when it is asked to. */
  function soon<T>(where: string, read: (bounded: ProbeContext) => Promise<Result<T>>): Promise<Result<T>> {
    const none = (): Result<T> => fail('timeout', where, `no answer within ${totalMs / 1000} s`);
    if (late.signal.aborted) return Promise.resolve(none());
    return new Promise((resolve) => {
      const cancel = clock.after(Math.max(0, endMs - clock.monotonic()), () => resolve(none()));
      void read(bounded)
        .then(
          (brought) => resolve(late.signal.aborted && !brought.ok ? none() : brought),
          () => resolve(none()),
        )
        .finally(cancel);
    });
  }

  /** Programs tell of the machine that they run on, and not of one whose files were captured. */
  function live<T>(where: string, read: (bounded: ProbeContext) => Promise<Result<T>>): Promise<Result<T>> {
    return files.live
      ? soon(where, read)
      : Promise.resolve(fail('unsupported', where, 'not of a captured tree: it is asked of this machine'));
  }

  const unread = fail('timeout', '/nix/var/nix/db', `no answer within ${totalMs / 1000} s`);
  try {
    const [machine, state, peers, found, asked, errors] = await Promise.all([
      soon('this machine', async () => ok(await look())),
      soon('/nix/var/nix/db', async () => ok(await readState(files))),
      readPeers(),
      live('systemctl', (one) => units(null, one)),
      Promise.all(wanted.units.slice(0, mostUnits).map(askUnit)),
      live('journalctl', readErrors),
    ]);
    const socket = machine.ok ? machine.value.daemon.socket : null;
    const daemonSaid = socket === 'present' ? await live('nix store ping', askDaemon) : null;
    return {
      ...{ machine, daemonSaid, asked, errors, units: found, ...peers },
      state: state.ok ? state.value : { readOnly: unread, database: unread },
      memoryLimit: files.live ? readMemoryLimit(files) : null,
    };
  } finally {
    cancelEnd();
    context.cancelled.removeEventListener('abort', stop);
    late.abort();
  }

  async function readPeers(): Promise<Pick<QuickFacts, 'settings' | 'caches'>> {
    const known = await live('nix show-config', readSettings);
    if (!known.ok) return { settings: known, caches: [] };
    const { settings } = known.value;
    const probe = createCache(environment);
    const caches = await Promise.all(
      settings.substituters.slice(0, mostCaches).map(async (address) => ({
        address,
        found: await soon(address, (one) => probe(address, one)),
      })),
    );
    return { settings: ok(settings), caches };
  }

  async function askUnit({ unit, asks }: QuickWanted['units'][number]): Promise<AskedUnit> {
    const [active, answer] = await Promise.all([
      live(unit, (one) => activeState(unit, one)),
      asks === null ? null : live(asks, (one) => askAnswer(asks, environment, one)),
    ]);
    return { unit, active, asks: asks === null || answer === null ? null : { address: asks, found: answer } };
  }
}

/** systemctl(1): `show` tells of a unit that is not there, too: it is inactive. */
async function activeState(unit: string, context: ProbeContext): Promise<Result<string>> {
  const command = ['systemctl', 'show', '--property=ActiveState', '--value', '--', unit] as const;
  const shown = await runProgram(context, command);
  if (!shown.ok) return shown;
  const { exitCode, stdout, stderr } = shown.value;
  const state = stdout.find((line) => line !== '');
  if (exitCode !== 0 || state === undefined)
    return fail('unsupported', unit, stderr[0] ?? `systemctl ended with ${exitCode}`);
  return ok(state);
}

async function readErrors(context: ProbeContext): Promise<Result<JournalErrors>> {
  const fields = '--output-fields=MESSAGE,SYSLOG_IDENTIFIER,_COMM,_TRANSPORT';
  const command = [
    ...(['journalctl', '--no-pager', '-o', 'json', '-p', 'err'] as const),
    ...['--since', `-${errorMinutes}min`, '-n', String(mostErrors), fields],
  ] as const;
  const read = await runProgram(context, [...command]);
  if (!read.ok) return read;
  const { exitCode, stdout, stderr } = read.value;
  // `Hint: You are currently not seeing messages from other users and the system.`
  if (stderr.some((line) => /not seeing messages|insufficient permissions/i.test(line)))
    return fail('denied', 'journal', 'needs root, or the group systemd-journal');
  if (stderr.some((line) => /No journal files were (?:found|opened)/i.test(line)))
    return fail('unsupported', 'journal', 'there is none');
  if (exitCode !== 0) return fail('malformed', 'journalctl', stderr[0] ?? `ended with ${exitCode}`);
  return ok(parseJournalErrors(stdout, errorMinutes, mostErrors));
}
