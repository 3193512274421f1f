/**
 * What a question says before something is done: to what, with its identity and its cost, piece by piece,
 * from the newest Model, whatever the list on the screen does meanwhile.
 */

import { commandTitle } from '../model/forest/client-command.ts';
import type { Intent } from '../model/intents/intent.ts';
import { whyTooLate } from '../model/intents/intent-standing.ts';
import { intentTitle } from './intent-title.ts';
import { killCosts, pauseCosts, resumeCosts, signalCosts } from './question-builds.ts';
import { cancelCosts } from './question-clients.ts';
import { collectCosts } from './question-collect.ts';
import { holdCosts } from './question-guard.ts';
import { limitCosts, lowerCosts, restoreCosts } from './question-limits.ts';

import { type Piece, type QuestionFacts, there } from './question-piece.ts';
import { probeCosts } from './question-probe.ts';
import {
  garbageCosts,
  repairCosts,
  restartCosts,
  restartUnitCosts,
  rollbackCosts,
  verifyCosts,
} from './question-store.ts';

/** The first piece is what will be done; where it is too late the second one says so. */
export function questionPieces(facts: QuestionFacts): readonly Piece[] {
  const { intent, model } = facts;
  const first: Piece = { rank: 0, text: intentTitle(intent), ...shortTitle(intent), tone: 'danger' };
  const tooLate = whyTooLate(intent, model);
  if (tooLate !== null) return [first, { rank: 0, text: tooLate, tone: 'warning' }];
  return [first, ...costs(facts)].filter(({ text }) => text !== '');
}

/** A command without its options, where what it costs needs the room. */
function shortTitle(intent: Intent): Pick<Piece, 'short'> {
  if (intent.type !== 'cancel' || intent.everything || intent.orphans.length > 0) return {};
  const [client, ...others] = intent.clients;
  return client === undefined || others.length > 0 ? {} : { short: `cancel ${commandTitle(client.command)}` };
}

/** One line for a verb: `kill firefox-130.0 · 14 processes of nixbld3 · 3.1 GB · …`. */
export function questionText(facts: QuestionFacts): string {
  return questionPieces(facts)
    .map(({ text }) => text)
    .join(' · ');
}

function costs(facts: QuestionFacts): Piece[] {
  const { intent, model } = facts;
  switch (intent.type) {
    case 'kill':
      return killCosts(intent.targets, intent.reason, model);
    case 'signal':
      return signalCosts(intent, model);
    case 'pause':
      return pauseCosts(there(intent.targets, model));
    case 'resume':
      return resumeCosts(intent.targets, facts);
    case 'cancel':
      return cancelCosts(intent, model);
    case 'lower':
      return lowerCosts(there(intent.targets, model));
    case 'limit':
      return limitCosts(intent, facts);
    case 'restore':
      return restoreCosts(intent, facts);
    case 'restart-unit':
      return restartUnitCosts(intent, model);
    case 'hold-guard':
      return holdCosts(intent, model);
    case 'restart-daemon':
      return restartCosts(model);
    case 'rollback':
      return rollbackCosts(intent, facts);
    // Its own command asks, step by step.
    case 'recover':
      return [];
    case 'collect':
      return collectCosts(intent);
    case 'verify':
      return verifyCosts(intent, model);
    case 'repair':
      return repairCosts(intent);
    case 'probe':
      return probeCosts(intent, model);
    case 'collect-garbage':
      return garbageCosts(intent, facts);
  }
}
