/** A situation for tests of the command table: root on the busy machine, the first build selected. */
import type { ActSituation, Situation } from '../../src/commands/command.ts';
import { rootActor } from '../../src/model/intents/actor.ts';
import { busy, firefox } from './model-fixture.ts';

export function actOf(over: Partial<ActSituation> = {}): ActSituation {
  return {
    actor: rootActor,
    model: busy,
    targets: [firefox],
    chosen: true,
    client: null,
    process: null,
    running: [],
    pausedByUs: 0,
    loweredByUs: 0,
    generations: null,
    damaged: [],
    question: null,
    ...over,
  };
}

const logSubject = { kind: 'build', drv: null, rebuild: null, name: 'firefox-130.0' } as const;

export function situationOf(
  over: Partial<Omit<Situation, 'act'>> & { readonly act?: Partial<ActSituation> } = {},
): Situation {
  return {
    mode: 'normal',
    view: 'overview',
    rows: 3,
    selected: 'build',
    open: false,
    tree: false,
    tagged: 1,
    frozen: false,
    search: 'fire',
    filter: '',
    readOnly: false,
    alone: true,
    charts: { cursor: true, at: 0, shortest: false, longest: false, whole: false },
    command: false,
    diagnosis: { of: { kind: 'row', key: 'build' }, found: true, tests: [] },
    choice: null,
    log: { of: logSubject, search: 'error', noFile: null },
    replay: null,
    noRecording: null,
    ...over,
    act: actOf(over.act),
  };
}
