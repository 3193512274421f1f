/** The two rows of a question: what it says, and what can be answered. */
import { questionPieces } from '../../src/format/question.ts';
import type { Piece } from '../../src/format/question-piece.ts';
import { offerPieces, quitPieces } from '../../src/format/question-program.ts';
import { questionRows } from '../../src/format/question-rows.ts';
import { type RowStyle, type Span, span } from '../../src/format/row.ts';
import { nextSignal } from '../../src/format/watched-command.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import { whyTooLate } from '../../src/model/intents/intent-standing.ts';
import { type LoweredMark, ownLowered } from '../../src/model/intents/lowered-mark.ts';
import { ownPaused, type PausedMark } from '../../src/model/intents/paused-mark.ts';
import type { Model } from '../../src/model/model.ts';
import { type GenerationsState, generationOf } from '../../src/model/nix-store/generations.ts';
import type { StoreCheckState } from '../../src/model/nix-store/store-check.ts';
import type { Question } from '../../src/model/ui/modes.ts';
import type { WatchedCommand } from '../../src/model/ui/watched-command.ts';
import type { RunningAction } from '../../src/state/state.ts';

export interface QuestionFacts {
  /** The newest, also while the screen is frozen. */
  readonly model: Model;
  readonly paused: readonly PausedMark[];
  readonly lowered?: readonly LoweredMark[];
  readonly actions: readonly RunningAction[];
  readonly command?: WatchedCommand | null;
  readonly generations: GenerationsState | null;
  readonly garbage: StoreCheckState['garbage'];
}

export function questionLines(
  question: Question,
  around: QuestionFacts,
  width: number,
  style: RowStyle,
): readonly [string, string] {
  return questionRows(piecesOf(question, around), answersOf(question, around), width, style);
}

function piecesOf(question: Question, around: QuestionFacts): readonly Piece[] {
  const { model, paused, lowered = [], actions, generations, garbage, command = null } = around;
  switch (question.kind) {
    case 'offer':
      return offerPieces(question.marks, model);
    case 'quit':
      return quitPieces(
        ownPaused(paused, model),
        actions.map(({ title }) => title),
        command,
        ownLowered(lowered, model),
      );
    case 'confirm':
      return questionPieces({
        intent: question.intent,
        model,
        paused,
        lowered,
        generation: generationText(question.intent, generations),
        garbageBytes:
          garbage !== null && garbage !== 'looking' && garbage.ok ? garbage.value.deadBytes : null,
      });
  }
}

/** `24.11.20241101, kernel 6.6.58, instead of 42`. */
function generationText(intent: Intent, generations: GenerationsState | null): string | null {
  if (intent.type !== 'rollback' || !generations?.list?.ok) return null;
  const list = generations.list.value;
  const found = generationOf(list, intent.generation);
  const { defaultNumber } = list;
  const parts = [
    found?.version ?? '',
    found?.kernel == null ? '' : `kernel ${found.kernel}`,
    defaultNumber === null || defaultNumber === intent.generation ? '' : `instead of ${defaultNumber}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

type Answers = readonly [long: readonly Span[], short: readonly Span[]];

function answersOf(
  question: Question,
  { model, paused, lowered = [], actions, command = null }: QuestionFacts,
): Answers {
  switch (question.kind) {
    case 'confirm': {
      if (whyTooLate(question.intent, model) !== null) return same([span('any key closes')]);
      if (question.word === null) {
        return [
          [key('y'), span(' yes, any other key no')],
          [key('y'), span(' yes, else no')],
        ];
      }
      const typed = [span(question.typed), span(' ', 'selection')];
      return [
        [span('type '), span(question.word, 'title'), span(' and Enter (Esc: no): '), ...typed],
        [span(`type ${question.word}: `), ...typed],
      ];
    }
    case 'quit': {
      if (command !== null) {
        return [
          [key('y'), span(` ${nextSignal(command)} it (the dashboard stays until it has ended), else go on`)],
          [key('y'), span(` ${nextSignal(command)} it, else go on`)],
        ];
      }
      const own = ownPaused(paused, model).length;
      const low = ownLowered(lowered, model).length;
      const [it, stop] = [own === 1 ? 'it' : 'them', actions.length === 1 ? 'it' : 'them'];
      if (own === 0 && low > 0) return answersOfUndo(`puts ${low === 1 ? 'it' : 'them'} back`, 'put back');
      if (own > 0 && low > 0) return answersOfUndo('resumes and puts back', 'undo');
      if (own === 0) {
        return [
          [key('y'), span(` cancels ${stop} and quits, any other key stays`)],
          [key('y'), span(' cancel and quit, else stay')],
        ];
      }
      return [
        [
          key('y'),
          span(` resumes ${it} and quits `),
          key('l'),
          span(` leaves ${it} paused and quits, any other key stays`),
        ],
        [key('y'), span(' resume '), key('l'), span(' leave, else stay')],
      ];
    }
    case 'offer': {
      const it = question.marks.length === 1 ? 'it' : 'them';
      return [
        [key('y'), span(` resumes ${it}, any other key leaves ${it}`)],
        [key('y'), span(` resume ${it}, else leave`)],
      ];
    }
  }
}

function answersOfUndo(long: string, short: string): Answers {
  return [
    [key('y'), span(` ${long} and quits `), key('l'), span(' leaves it so and quits, any other key stays')],
    [key('y'), span(` ${short} `), key('l'), span(' leave, else stay')],
  ];
}

function key(name: string): Span {
  return span(name, 'key');
}

function same(spans: readonly Span[]): Answers {
  return [spans, spans];
}
