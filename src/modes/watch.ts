/** `nixpulse watch`: one rebuild followed from its log, on the screen or in lines, and its summary. */
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { constants } from 'node:os';
import { ReadStream } from 'node:tty';
import { withoutShell } from '../cli/log-format.ts';
import { withSafeMode } from '../cli/safe-mode.ts';
import { colorPaint, noPaint } from '../format/paint.ts';
import { succeeded, summaryLines } from '../format/rebuild-summary.ts';
import { breakerText } from '../format/score-card.ts';
import type { GuardSettings } from '../guard/settings.ts';
import type { ScoreCard } from '../model/rebuild/score-card.ts';
import { type CommandSignal, signalAfter } from '../model/ui/watched-command.ts';
import { findLowPriority } from '../nix-store/low-priority.ts';
import { unmetRequirement } from '../watch/survive.ts';
import { type Given, survivalOf } from './mode.ts';
import { commandEnvironment, prepareWords, startWatched } from './watch/command.ts';
import type { Control } from './watch/control.ts';
import { type HeldSignals, holdSignals } from './watch/held-signals.ts';
import { followInLines, lookOnce, toldInLines } from './watch/in-lines.ts';
import { watchFile } from './watch/log-file.ts';
import type { OnScreen } from './watch/on-screen.ts';
import { createOutcome } from './watch/outcome.ts';
import {
  createScoring,
  isGuarded,
  prepareScore,
  type ScoreEnd,
  type Scoring,
  tellScore,
} from './watch/scoring.ts';
import { watchStandardInput } from './watch/standard-input.ts';
import type { Watched, WatchedEnd } from './watch/watched.ts';
import { sourcesOf } from './wiring.ts';

export async function runWatchMode(given: Given): Promise<number> {
  const { invocation, process, complain } = given;
  const { words, log } = invocation;
  const keyboard = given.environment['TERM'] === 'dumb' ? null : keyboardOf(process);
  if (log !== null) {
    return follow(given, watchFile(given, log), holdSignals(process), keyboard, 'the log');
  }
  if (words === undefined) {
    if (process.stdin.isTTY) {
      complain('nothing to watch: nixpulse watch -- CMD..., CMD |& nixpulse watch, or watch --log FILE');
      return 2;
    }
    return follow(given, watchStandardInput(given), holdSignals(process), keyboard, 'the command');
  }
  const guarded = isGuarded(given)
    ? await (await import('./watch/guard-settings.ts')).guardedBy(given)
    : null;
  if (guarded?.ok === false) {
    for (const line of guarded.lines) complain(line);
    return 2;
  }
  const refused = invocation.check ? await (await import('./seldom.ts')).checkFirst(given, words) : null;
  if (refused !== null) return refused;
  const { stopServices: names } = invocation;
  const stopping =
    names === null ? null : await (await import('./watch/stop-services.ts')).stopServices(given, names);
  if (stopping?.kind === 'refused') {
    complain(stopping.message);
    return stopping.exitCode;
  }
  try {
    return await runCommand(given, words, keyboard, guarded?.settings ?? null);
  } finally {
    await stopping?.services.startAgain();
  }
}

async function runCommand(
  given: Given,
  words: readonly string[],
  keyboard: NodeJS.ReadStream | null,
  settings: GuardSettings | null,
): Promise<number> {
  const { process, complain, invocation } = given;
  const unmet = settings === null ? null : await unmetRequirement(survivalOf(given));
  if (unmet !== null) {
    complain(unmet);
    return 3;
  }
  const safe = invocation.safe ? withSafeMode(words, given.environment) : null;
  if (safe?.kind === 'refused') {
    complain(`--safe cannot be had: ${safe.why}`);
    return 2;
  }
  const beforehand = await prepareScore(given, words);
  const prepared = await prepareWords(given, safe?.words ?? words);
  if (safe !== null) complain(`safe: ${safe.told}, for this command alone`);
  const interactive = prepared.shell && process.stdin.isTTY === true;
  const run = interactive ? withoutShell(prepared) : prepared.words;
  const { calm } = invocation;
  const prefix = calm ? (await findLowPriority(given.ports.spawn))(['']).slice(0, -1) : [];
  // From now on they are the command's: it may not have begun when they come.
  const signals = holdSignals(process);
  const wantsScreen = keyboard !== null;
  const { environment = {} } = safe ?? {};
  const started = await startWatched(given, { words: run, prefix, typed: words, environment, wantsScreen });
  if (started.kind === 'failed') {
    complain(started.message);
    return started.exitCode;
  }
  if (keyboard !== null && !started.screen) complain('plain lines: there is no pseudo-terminal to ask on');
  const keys = started.screen ? keyboard : null;
  const scoring = createScoring({ given, watched: started.watched, ...beforehand });
  const own = { scoring, calm, settings };
  const code = await follow(given, started.watched, signals, keys, prepared.tool, own);
  return interactive && code === 0 ? runShell(words, given) : code;
}

/** What is done beside a command that we start. */
interface OwnCommand {
  readonly scoring: Scoring;
  /** Null: it is not guarded. */
  readonly settings: GuardSettings | null;
  readonly calm: boolean;
}

/** How the dashboard says that its terminal is gone: 128 + SIGHUP. */
const hungUp = 129;

/** A terminal to read keys from and a terminal to draw on; else there is no screen. */
function keyboardOf({ stdin, stdout }: NodeJS.Process): NodeJS.ReadStream | null {
  if (stdout.isTTY !== true) return null;
  if (stdin.isTTY === true) return stdin;
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return null;
  }
}

async function follow(
  given: Given,
  watched: Watched,
  signals: HeldSignals,
  keyboard: NodeJS.ReadStream | null,
  tool: string,
  own: OwnCommand | null = null,
): Promise<number> {
  const { ports, complain, process, look } = given;
  let control: Control | null = null;
  const outcome = createOutcome(
    watched,
    own === null ? [] : [own.scoring.looked, (model) => control?.looked(model)],
  );
  // A terminal or a reader that is gone: the command's end is still waited for.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  let screen: OnScreen | null = null;
  let asked: CommandSignal | null = null;

  function ask(signal: CommandSignal, sent: boolean): void {
    asked = signal;
    const next = signalAfter(signal);
    const again = next === signal ? '' : ` (Ctrl-C again: ${next})`;
    const notice = sent
      ? `${signal} sent to ${tool}: it ends by itself${again}`
      : `${tool} takes no ${signal} from us`;
    if (screen === null) complain(notice);
    else if (watched.command !== null) screen.show({ ...watched.command, asked }, notice);
  }
  const interrupt = () => {
    const signal = signalAfter(asked);
    ask(signal, watched.signal(signal));
  };
  const { promise: stopped, resolve: stop } = Promise.withResolvers<WatchedEnd>();
  /** Of a terminal that it shares with us the command has Ctrl-C already. */
  const shared = keyboard === null && (process.stdin.isTTY === true || watched.origin === 'stdin');
  signals.handle({
    SIGINT() {
      if (watched.command === null) return stop({ exitCode: 130, signal: null });
      if (shared && asked === null) return ask('SIGINT', true);
      // Sent to our own group, it comes to us as well.
      if (watched.origin === 'stdin' && asked !== null) return;
      interrupt();
    },
    SIGTERM() {
      if (watched.command === null) return stop({ exitCode: 143, signal: null });
      ask('SIGTERM', watched.signal('SIGTERM'));
    },
    SIGHUP() {
      if (watched.command === null) return stop({ exitCode: 129, signal: null });
      watched.signal('SIGHUP');
    },
  });

  if (keyboard !== null) {
    const { createOnScreen } = await import('./watch/on-screen.ts');
    screen = createOnScreen({ given, watched, outcome, tool, keyboard, interrupt });
  }
  const sources = await sourcesOf(given, { forLong: true });
  if (own !== null && (own.settings !== null || own.calm)) {
    const { createControl } = await import('./watch/control.ts');
    control = createControl({ given, watched, sources, ...own, interrupt });
  }
  sources.logs.add(screen === null ? toldInLines(watched.follower, given) : watched.follower);
  let end: WatchedEnd;
  if (screen === null) {
    end = await followInLines(given, sources, outcome, Promise.race([watched.ended, stopped]), control);
  } else {
    const shown = screen;
    control?.tellTo({
      say(line) {
        if (watched.command !== null) shown.show({ ...watched.command, asked }, line);
      },
      acted: shown.acted,
    });
    // The first screens do not wait for it.
    const cancelRehearsal = ports.clock.after(rehearsedMs, () => void control?.rehearse());
    const left = await screen.run(sources);
    cancelRehearsal();
    // It was over before there was a screen.
    if (outcome.model === null) await lookOnce(given, sources, outcome);
    const unseen = screen.close();
    screen = null;
    control?.tellTo({ say: complain, acted() {} });
    if (unseen !== '') process.stderr.write(unseen.endsWith('\n') ? unseen : `${unseen}\n`);
    if (!left.over && left.end.exitCode === hungUp) watched.signal('SIGHUP');
    else if (!left.over && watched.command !== null)
      complain(`the dashboard has ended, ${tool} goes on${own?.settings ? ' and is guarded no more' : ''}`);
    end = left.over || watched.command === null ? left.end : await watched.ended;
  }
  for (const piece of watched.output()) await writeOut(process.stdout, piece);

  await control?.end();
  signals.release();
  // Where nothing is ours to end, a code says how we were left.
  const how = watched.command === null ? { exitCode: null, signal: null } : end;
  const endedMs = ports.clock.now();
  const summary = outcome.summary(how, endedMs);
  const style = { columns: process.stderr.columns ?? 80, unicode: look.unicode };
  const paint = look.color ? colorPaint(look) : noPaint;
  const ended = end.exitCode ?? (succeeded(summary) ? 0 : 1);
  const { acts = [], within = [] } = control ?? {};
  const card = own === null ? null : await cardOf(given, own, { exitCode: ended, endedMs, acts, within });
  const scored = card === null || own === null ? [] : await tellScore(given, own.scoring, card);
  const told = summaryLines(summary, { ...style, paint });
  // What stands last is read first: why it failed, or how it did.
  const lines = succeeded(summary) ? [...told, ...scored] : [...scored, ...told];
  process.stderr.write(`${lines.join('\n')}\n`);
  const breaker = card === null ? null : breakerText(card);
  if (breaker === null) return ended;
  complain(breaker);
  return 1;
}

async function cardOf(given: Given, { scoring }: OwnCommand, end: ScoreEnd): Promise<ScoreCard | null> {
  // Whose parent is about to wait for him is none for long.
  if (scoring.zombies) {
    await new Promise<void>((resolve) => given.ports.clock.after(zombiesStayMs, resolve));
    await lookOnce(given, await sourcesOf(given), scoring);
  }
  return scoring.card(end);
}

const zombiesStayMs = 1500;
/** By then it has looked and judged. */
const rehearsedMs = 2500;

function writeOut(stdout: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => stdout.write(bytes, () => resolve()));
}

/** What was watched has made ready what the shell needs. */
function runShell(words: readonly string[], given: Given): Promise<number> {
  const [file = '', ...args] = words;
  const { process, hardening } = given;
  const env = commandEnvironment(given);
  const child = hardening.asUsual(
    () => spawn(file, args, { stdio: 'inherit', env }),
    ({ pid }) => pid,
  );
  // Those of the keys are for whoever is in front; if we ended, the shell would lose its terminal.
  const ignored = () => {};
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) process.on(signal, ignored);
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void child.kill(signal));
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
