/** `--dry-run`: what would be done, as text or as JSON. */
import { isChanging, plannedChanges } from '../../actions/planned-changes.ts';
import { isSignalling, plannedSignals } from '../../actions/planned-signals.ts';
import { createRollbackPlan } from '../../actions/rollback.ts';
import { shellWord } from '../../base/shell-word.ts';
import { intentTitle } from '../../format/intent-title.ts';
import { questionPieces } from '../../format/question.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { Model } from '../../model/model.ts';
import { generationReaders } from '../../nix-store/generations.ts';
import { type ActionDeps, contextOf } from '../../perform/action-deps.ts';

export interface Plan {
  readonly version: 1;
  readonly dryRun: true;
  readonly title: string;
  readonly intent: Intent;
  /** False where it would be refused. */
  readonly possible: boolean;
  /** True where a privilege is missing for it. */
  readonly denied?: boolean;
  /** For people. */
  readonly lines: readonly string[];
}

export async function planOf(intent: Intent, model: Model, deps: ActionDeps): Promise<Plan> {
  const [title, ...costs] = questionPieces({ intent, model }).map(({ text }) => text);
  const first = [`would ${title}`, ...costs].join(' · ');
  const plan = { version: 1, dryRun: true, title: intentTitle(intent), intent } as const;
  if (intent.type === 'rollback') {
    const steps = await createRollbackPlan(generationReaders())(intent, contextOf(deps));
    if (!('status' in steps)) {
      const lines = steps.flatMap(({ title, file, args }) => [
        `${title}:`,
        `  ${[file, ...args].map(shellWord).join(' ')}`,
      ]);
      return { ...plan, possible: true, lines: [first, ...lines] };
    }
    const lines = [`would not ${intentTitle(intent)}: ${steps.summary}`, ...steps.details];
    return { ...plan, possible: false, lines };
  }
  if (isChanging(intent)) {
    const { changes, refusals, denied } = await plannedChanges(intent, contextOf(deps));
    const possible = changes.length > 0;
    const lines = [
      possible ? first : `would not ${intentTitle(intent)}:`,
      ...[...changes, ...refusals].map((line) => `  ${line}`),
    ];
    // It says itself whom it is about, and that it would not be.
    const told = !possible && refusals.length === 1 ? refusals : lines;
    return { ...plan, possible, denied, lines: told };
  }
  if (!isSignalling(intent)) return { ...plan, possible: true, lines: [first] };
  const { signals, refusals, denied } = plannedSignals(intent, deps);
  const possible = signals.length > 0;
  const lines = [
    possible ? first : `would not ${intentTitle(intent)}:`,
    ...signals.map(({ signal, pid, name }) => `  ${signal} to ${pid} ${name}`),
    ...refusals.map((refusal) => `  ${refusal}`),
  ];
  return { ...plan, possible, denied, lines };
}
