/** The store is damaged: as a probe found, as Nix met it, or as memory that has errors makes likely. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Ground } from '../../model/diagnosis/hypothesis.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import type { Model } from '../../model/model.ts';
import { contra, pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import { type Rule, refuted, unlikely, untested } from '../rule.ts';
import { toldDamage, type Verified, verifiedOf } from '../storage/damage.ts';

const storeDatabase = '/nix/var/nix/db/db.sqlite';

export const storeRule: Rule = {
  id: 'store',
  probes: ['verify-path', 'database', 'verify-store'],
  look({ model }) {
    const verified = verifiedOf(model);
    const findings = [
      ...damagedPaths(verified),
      ...database(model),
      ...told(model, verified),
      ...memory(model),
    ];
    return { findings, ground: groundOf(model, verified) };
  },
};

/** Without a verification nothing speaks against it, and most rebuilds read next to none of the store. */
function groundOf({ probes }: Model, { whole, checked, partly, unreadable }: Verified): Ground {
  if (partly)
    return unlikely(pro('store.unreadable', unreadable, 'none'), contra('store.checked', checked, 'none'));
  if (whole) return refuted(contra('store.damaged', 0, 'none'), contra('store.checked', checked, 'none'));
  if (resultOf(probes, 'database')?.ok === true) return unlikely();
  const tried = resultOf(probes, 'verify-store') ?? resultOf(probes, 'database');
  const denied = tried?.ok === false && tried.problem.kind === 'denied';
  return untested(denied ? { kind: 'privilege', privilege: 'root' } : { kind: 'probe' });
}

function damagedPaths({ damaged }: Verified): readonly FindingDraft[] {
  const unrecorded = damaged.filter(({ how }) => how === 'unrecorded').map(({ path }) => path);
  const paths = damaged.filter(({ how }) => how !== 'unrecorded');
  const findings: FindingDraft[] = [];
  if (paths.length > 0)
    findings.push({
      subject: { kind: 'machine' },
      level: 'critical',
      state: 'confirmed',
      found: {
        kind: 'store-damaged',
        paths,
        derivations: paths.filter(({ path }) => path.endsWith('.drv')).length,
      },
      evidence: [pro('store.damaged', paths.length, 'none')],
      sinceMs: null,
    });
  if (unrecorded.length > 0)
    findings.push({
      subject: { kind: 'machine' },
      level: 'ok',
      state: 'confirmed',
      found: { kind: 'store-unrecorded', paths: unrecorded },
      evidence: [pro('store.unrecorded', unrecorded.length, 'none')],
      sinceMs: null,
    });
  return findings;
}

function database({ probes }: Model): readonly FindingDraft[] {
  const result = resultOf(probes, 'database');
  if (result?.ok !== true || result.value.ok) return [];
  const said = result.value.said[0] ?? null;
  return [
    {
      subject: { kind: 'path', path: storeDatabase },
      level: 'critical',
      state: 'confirmed',
      found: { kind: 'database-damaged', path: storeDatabase, said },
      evidence: [pro('database.said', said, 'text')],
      sinceMs: null,
    },
  ];
}

/** By rebuilds; what a probe has settled since is settled. */
function told(model: Model, { byPath }: Verified): readonly FindingDraft[] {
  const { probes } = model;
  const checked = resultOf(probes, 'database');
  const findings = new Map<string, FindingDraft>();
  for (const { damage, atMs, text } of toldDamage(model)) {
    const { what, path } = damage;
    const own = path === null ? undefined : byPath.get(path);
    if (what === 'path' && own !== undefined && own.atMs >= atMs) continue;
    if (what === 'database' && checked?.ok === true && checked.endedMs >= atMs) continue;
    const common = {
      subject: path === null ? ({ kind: 'machine' } as const) : ({ kind: 'path', path } as const),
      evidence: [pro('log.said', text, 'text')],
      sinceMs: monotonicOf(model, atMs),
    };
    const key = `${what} ${path}`;
    if (what === 'path')
      findings.set(key, {
        ...common,
        level: 'critical',
        state: 'likely',
        found: { kind: 'path-damaged', path },
        probe: 'verify-path',
      });
    else if (what === 'database')
      findings.set(key, {
        ...common,
        level: 'critical',
        // Which of its databases it is, Nix does not always say.
        state: path === null ? 'possible' : 'likely',
        found: { kind: 'database-damaged', path, said: null },
        probe: 'database',
      });
    else
      findings.set(key, {
        ...common,
        level: 'warning',
        state: 'confirmed',
        found: { kind: 'cache-database-damaged', path },
      });
  }
  return [...findings.values()];
}

/** What memory lost on its way to the disk is damaged with a hash that fits, or with one that does not. */
function memory({ health }: Model): readonly FindingDraft[] {
  const errors = health?.memoryErrors ?? null;
  if (errors === null || errors.corrected + errors.uncorrected === 0) return [];
  const { corrected, uncorrected } = errors;
  return [
    {
      subject: { kind: 'machine' },
      level: uncorrected > 0 ? 'warning' : 'ok',
      state: uncorrected > 0 ? 'likely' : 'possible',
      found: { kind: 'memory-errors', corrected, uncorrected },
      evidence: [
        pro('memory.uncorrectedErrors', uncorrected, 'none'),
        pro('memory.correctedErrors', corrected, 'none'),
      ],
      sinceMs: null,
      probe: 'verify-store',
    },
  ];
}
