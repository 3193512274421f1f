/** The score of a watched command: folded from what is seen of it, finished when it has ended. */

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { jsonDocument } from '../../base/json-text.ts';
import { colorPaint, noPaint } from '../../format/paint.ts';
import { baselineText, scoreLines } from '../../format/score-card.ts';
import type { GuardAct } from '../../model/guard/guard.ts';
import type { Model } from '../../model/model.ts';
import type { Rebuild } from '../../model/rebuild/rebuild.ts';
import type { ScoreBaseline, ScoreCard } from '../../model/rebuild/score-card.ts';
import { type ScoreFacts, scoreCardOf } from '../../score/card.ts';
import { nextScore, type ScoreFold } from '../../score/fold.ts';
import type { Given } from '../mode.ts';
import { readSettings } from '../settings.ts';
import { limitsText, onlyTells } from './guard-settings.ts';
import { bootingNow, generationFacts, lastVerification, readBaseline } from './score-facts.ts';
import type { Watched } from './watched.ts';

/** What is looked at before the command begins. */
export interface Beforehand {
  /** Null: nobody asked for it. */
  readonly baseline: ScoreBaseline | null;
  /** Number of the generation that boots. */
  readonly booting: number | null;
}

export interface ScoringOptions extends Beforehand {
  readonly given: Given;
  readonly watched: Pick<Watched, 'pid' | 'origin' | 'command'>;
}

export interface ScoreEnd {
  readonly exitCode: number | null;
  readonly endedMs: number;
  readonly acts: readonly GuardAct[];
  /** Builds that ran when a limit ended it. */
  readonly within: readonly string[];
}

export interface Scoring {
  looked(model: Model): void;
  /** Builds of it were seen that have died and that nobody has waited for. */
  readonly zombies: boolean;
  /** Anything of a rebuild was seen. */
  readonly rebuilt: boolean;
  /** Null: nothing was ever looked at. */
  card(end: ScoreEnd): Promise<ScoreCard | null>;
}

export async function prepareScore(given: Given, words: readonly string[]): Promise<Beforehand> {
  const [baseline, booting] = await Promise.all([
    isGuarded(given) ? readBaseline(given) : null,
    bootingNow(given, words),
  ]);
  if (baseline !== null) {
    given.complain(`before it begins: ${baselineText(baseline)}`);
    const milder = onlyTells(given) ? ': only tells what it would do' : '';
    given.complain(`guarded by ${limitsText(given.invocation.limit)}${milder}`);
  }
  return { baseline, booting };
}

/** A limit is nothing without a guard. */
export function isGuarded({ invocation: { guard, limit } }: Pick<Given, 'invocation'>): boolean {
  return guard || Object.keys(limit).length > 0;
}

export function createScoring({ given, watched, baseline, booting }: ScoringOptions): Scoring {
  const { pid, origin, command } = watched;
  let fold: ScoreFold | null = null;
  let rebuilt = false;

  return {
    looked(model) {
      fold = nextScore(fold, model, { pid, origin });
      rebuilt ||=
        fold.builds.size > 0 ||
        model.rebuilds.some((one) => one.origin.kind === origin && hasWork(one.rebuild));
    },
    get zombies() {
      return (fold?.zombies ?? 0) > 0;
    },
    get rebuilt() {
      return rebuilt;
    },
    async card({ exitCode, endedMs, acts, within }) {
      if (fold === null) return null;
      const words = command?.words ?? [];
      const { settings } = await readSettings(given);
      const time = given.invocation.limit['rebuild-time.limit'];
      // Who said how long it may take was not asking how long it usually does.
      const scored = time === undefined ? fold : { ...fold, usualSec: null };
      const limits = { ...settings.scorecard, ...(time !== undefined && { time }) };
      const facts: ScoreFacts = {
        ...(command !== null && { startedMs: command.startedMs, endedMs }),
        ...{
          command: command?.words ?? null,
          exitCode,
          succeeded: exitCode === null ? null : exitCode === 0,
        },
        ...{ baseline, acts, within, generation: await generationFacts(given, words, booting) },
        ...(await lastVerification(given)),
      };
      return scoreCardOf(scored, facts, limits);
    },
  };
}

/** `ENOENT: no such file or directory, open '/x'` → `no such file or directory`. */
function whyNot(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^E[A-Z]+: /, '').replace(/, \w+ '.*'$/s, '');
}

/** It built, fetched, or was to; an evaluation alone is no rebuild. */
function hasWork({ planned, plannedFetches, running, finished, failed, peers, steps }: Rebuild): boolean {
  const sets = [planned, plannedFetches, running, finished, failed, peers];
  return steps.length > 0 || sets.some(({ size }) => size > 0);
}

/** Writes it into the file that was named; lines to print where there was a rebuild, or somebody asked for its score. */
export async function tellScore(
  given: Given,
  { rebuilt }: Pick<Scoring, 'rebuilt'>,
  card: ScoreCard,
): Promise<readonly string[]> {
  const { invocation, process, look, complain } = given;
  const path = invocation.scoreCard;
  if (path !== null) {
    try {
      await writeFile(resolve(path), `${jsonDocument(card)}\n`);
    } catch (error) {
      complain(`the score card was not written: ${path}: ${whyNot(error)}`);
    }
  }
  if (!rebuilt && path === null && !invocation.calm && !isGuarded(given)) return [];
  const paint = look.color ? colorPaint(look) : noPaint;
  return scoreLines(card, { columns: process.stderr.columns ?? 80, unicode: look.unicode, paint });
}
