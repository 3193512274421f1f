/** View 6: the rows that the cursor walks through, and what a page about one of them shows. */
import { type IdentityKey, identityKey, sameProcess } from '../base/identity.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import type { Hypothesis } from '../model/diagnosis/hypothesis.ts';
import { likelySubject } from '../model/diagnosis/likely-subject.ts';
import type { Verdict } from '../model/diagnosis/verdict.ts';
import type { Model } from '../model/model.ts';
import { failedBuildId, failedIds, isFailure } from '../model/rebuild/failed.ts';
import type { DiagnosisSubject, Mode } from '../model/ui/modes.ts';
import { cursorFailed, findFailed } from './failed.ts';
import { pushMode, setTop } from './modes.ts';
import { cursorRow, findBuild, shownModel, topMode } from './selectors.ts';
import type { DiagnosisRow, Looked, ProbeChoice, State, TreeRow } from './state.ts';
import { withUi } from './ui.ts';

type Found = Pick<Model, 'findings' | 'hypotheses'>;

/** What there is to mend stands first, the worst on top; then what is likely. */
export function diagnosisRows({ findings, hypotheses }: Found): readonly DiagnosisRow[] {
  const bad = findings.filter(({ level }) => level !== 'ok').map(({ id }) => id);
  const rank = ({ findings: own }: Hypothesis) => {
    const at = bad.findIndex((id) => own.includes(id));
    return at < 0 ? bad.length : at;
  };
  const sorted = hypotheses.toSorted((a, b) => rank(a) - rank(b));
  return sorted.flatMap((hypothesis) => {
    const own = hypothesis.findings.flatMap((id) => findings.find((one) => one.id === id) ?? []);
    const [worst = null, ...others] = own;
    return [
      { key: hypothesis.id, hypothesis, finding: worst, first: true },
      ...others.map((finding) => ({ key: finding.id, hypothesis, finding, first: false })),
    ];
  });
}

/** Without a selection, and where it is gone, the first row. */
export function diagnosisIndex(rows: readonly DiagnosisRow[], selected: string | null): number {
  return Math.max(
    0,
    rows.findIndex(({ key }) => key === selected),
  );
}

export function cursorDiagnosis(state: State): DiagnosisRow | null {
  const rows = diagnosisRows(shownModel(state));
  return rows[diagnosisIndex(rows, state.ui.selectedDiagnosis)] ?? null;
}

export function moveDiagnosis(state: State, by: number): State {
  const rows = diagnosisRows(shownModel(state));
  const index = diagnosisIndex(rows, state.ui.selectedDiagnosis) + by;
  const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  return row === undefined ? state : withUi(state, { selectedDiagnosis: row.key });
}

type LookedIn = Found & Pick<Model, 'verdicts' | 'builds'>;

export function lookedAt(model: LookedIn, of: DiagnosisSubject): Looked {
  const { findings, hypotheses, verdicts, builds } = model;
  if (of.kind === 'build') {
    const build = builds.find((one) => identityKey(one) === of.build) ?? null;
    const isOfBuild = ({ subject }: Finding | Verdict) =>
      subject.kind === 'build' && identityKey(subject) === of.build;
    const finding = findings.find(isOfBuild) ?? null;
    const hypothesis = hypotheses.find(({ id }) => id === finding?.hypothesis) ?? null;
    return { hypothesis, finding, verdict: verdicts.find(isOfBuild) ?? null, build };
  }
  const row = of.kind === 'failed' ? undefined : diagnosisRows(model).find(({ key }) => key === of.key);
  if (row === undefined) return { hypothesis: null, finding: null, verdict: null, build: null };
  const { hypothesis, finding } = row;
  const subject = finding?.subject ?? null;
  const pid = subject !== null && 'pid' in subject ? identityKey(subject) : null;
  const rebuild = subject?.kind === 'rebuild' ? subject.rebuild : null;
  return {
    hypothesis,
    finding,
    verdict:
      verdicts.find(
        (one) =>
          ('pid' in one.subject && identityKey(one.subject) === pid) ||
          (one.subject.kind === 'rebuild' && one.subject.rebuild === rebuild),
      ) ?? null,
    build: builds.find((one) => identityKey(one) === pid) ?? null,
  };
}

/** What would settle it, as its rule orders it: the cheapest first. What nobody can name a subject for is left out. */
export function testsOf(
  { finding, hypothesis }: Pick<Looked, 'finding' | 'hypothesis'>,
  model: Pick<Model, 'disks' | 'clients'>,
): readonly ProbeChoice[] {
  const named = finding?.probe == null ? [] : [finding.probe];
  const all = new Set([...named, ...(hypothesis?.probes ?? [])]);
  return [...all].flatMap((probe) => {
    const subject = likelySubject(probe, finding, model);
    return subject === undefined ? [] : [{ id: probe, subject }];
  });
}

/** Whoever can be cancelled for it: the client itself, that of the rebuild, whoever holds the lock. */
export function clientOfLooked({ finding }: Looked, model: Pick<Model, 'clients' | 'workers' | 'rebuilds'>) {
  if (finding === null) return null;
  const { subject, found } = finding;
  const { clients, workers, rebuilds } = model;
  if (subject.kind === 'client') return clients.find((one) => sameProcess(one, subject)) ?? null;
  if (subject.kind === 'rebuild') {
    const identity = rebuilds.find(({ id }) => id === subject.rebuild)?.client ?? null;
    return identity === null ? null : (clients.find((one) => sameProcess(one, identity)) ?? null);
  }
  const holder = found.kind === 'lock-held' ? found.holderPid : null;
  if (holder === null) return null;
  const served = workers.find(({ pid }) => pid === holder)?.clientPid ?? holder;
  return clients.find(({ pid }) => pid === served) ?? null;
}

type DiagnosisMode = Extract<Mode, { readonly kind: 'why' | 'remedies' }>;

/** The page that is open, also below a question. */
export function diagnosisMode({ ui }: Pick<State, 'ui'>): DiagnosisMode | null {
  const mode = ui.modes.findLast(({ kind }) => kind === 'why' || kind === 'remedies');
  return mode?.kind === 'why' || mode?.kind === 'remedies' ? mode : null;
}

/** What `v` and `f` are about now; null: nothing. */
export function diagnosisSubject(state: State, mode: Mode = topMode(state)): DiagnosisSubject | null {
  if (mode.kind === 'why' || mode.kind === 'remedies') return mode.of;
  if (mode.kind === 'details') {
    if (findBuild(state, mode.build) !== null) return { kind: 'build', build: mode.build as IdentityKey };
    const failed = findFailed(shownModel(state), state.journal, mode.log ?? mode.build);
    return failed === null ? null : { kind: 'failed', failed: failed.key };
  }
  if (mode.kind !== 'normal') return null;
  if (state.ui.view === 'diagnosis') {
    const row = cursorDiagnosis(state);
    return row === null ? null : { kind: 'row', key: row.key };
  }
  const failed = cursorFailed(state);
  if (failed !== null) return { kind: 'failed', failed: failed.key };
  const row = cursorRow(state);
  if (row === null) return null;
  return row.kind === 'tree' ? failedOfTree(state, row) : { kind: 'build', build: identityKey(row.build) };
}

/** Of a derivation that failed, or of the whole rebuild the last failure; null: nothing of it failed. */
function failedOfTree(state: State, { node, place }: TreeRow): DiagnosisSubject | null {
  const model = shownModel(state);
  const root = model.rebuilds.find(({ id }) => id === place.rebuild)?.failures.findLast(isFailure);
  const key =
    node.kind === 'derivation'
      ? failedBuildId(place.rebuild, node.drv)
      : node.kind === 'rebuild' && root !== undefined
        ? failedIds(place.rebuild, root)[0]
        : undefined;
  const failed = key === undefined ? null : findFailed(model, state.journal, key);
  return failed === null ? null : { kind: 'failed', failed: failed.key };
}

/** One of the two pages takes the place of the other. */
export function openDiagnosis(state: State, kind: DiagnosisMode['kind']): State {
  const top = topMode(state);
  const of = diagnosisSubject(state);
  if (of === null) return state;
  const mode: Mode = { kind, of, scroll: 0 };
  if (top.kind === 'why' || top.kind === 'remedies') return setTop(state, mode);
  return pushMode(of.kind === 'row' ? withUi(state, { selectedDiagnosis: of.key }) : state, mode);
}
