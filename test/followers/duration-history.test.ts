import { describe, expect, it } from 'vitest';
import { createDurationHistory } from '../../src/followers/duration-history.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeOwnFiles, type FakeOwnFiles } from '../support/fake-own-files.ts';
import { settled } from '../support/fake-ports.ts';

const own = '/state/nixpulse/durations.csv';
const nom = '/state/nix-output-monitor/build-reports.csv';
const header = 'hostname,derivation name,utc time,build seconds\n';
const at = (minute: number) => Date.UTC(2026, 10, 29, 11, minute, 0);
const built = (name: string, minute: number, seconds: number, host = '') => ({
  ...{ host, name, seconds },
  endedMs: at(minute),
});

function historyOf(ownFiles: FakeOwnFiles) {
  const clock = createFakeClock();
  const history = createDurationHistory({ clock, ownFiles }, { own, others: [nom, '/cache/nom.csv'] });
  return { clock, history };
}

describe('the history of durations', () => {
  it('is read when it is asked for: ours and that of nix-output-monitor, a build in both once', async () => {
    const files = createFakeOwnFiles({
      [own]: `${header},linux,2026-11-29 11:00:00,600\n,linux,2026-11-29 11:20:00,620\n`,
      [nom]: `${header},linux,2026-11-29 11:20:03,621\nbig-arm,linux,2026-11-28 09:00:00,90\n`,
    });
    const { history } = historyOf(files);
    history.ask(['linux', 'nobody']);
    expect(history.take()).toEqual([]);
    await settled();
    expect(history.take()).toEqual([
      {
        name: 'linux',
        hosts: [
          { host: '', seconds: [600, 620] },
          { host: 'big-arm', seconds: [90] },
        ],
      },
    ]);
    expect(history.take()).toEqual([]);
  });

  it('is told again of a name that was built', async () => {
    const { history } = historyOf(createFakeOwnFiles({ [own]: `${header},a,2026-11-29 11:00:00,5\n` }));
    history.ask(['a', 'b']);
    await settled();
    expect(history.take()).toHaveLength(1);
    history.add([built('a', 5, 7), built('c', 5, 1)]);
    expect(history.take()).toEqual([{ name: 'a', hosts: [{ host: '', seconds: [5, 7] }] }]);
    history.ask(['c']);
    expect(history.take()).toEqual([{ name: 'c', hosts: [{ host: '', seconds: [1] }] }]);
  });

  it('is written soon, all of it, with ten builds of a name at most', async () => {
    const files = createFakeOwnFiles();
    const { clock, history } = historyOf(files);
    history.add(Array.from({ length: 12 }, (_, i) => built('a', i, 100 + i)));
    history.add([built('b, "c"', 30, 3, 'big-arm')]);
    expect(files.texts.size).toBe(0);
    clock.advance(3_000);
    await history.flush();
    const rows = files.texts.get(own)?.trim().split('\n') ?? [];
    expect(rows).toHaveLength(12);
    expect(rows.slice(0, 2)).toEqual([header.trim(), ',a,2026-11-29 11:02:00,102']);
    expect(rows.at(-1)).toBe('big-arm,"b, ""c""",2026-11-29 11:30:00,3');
  });

  it('keeps what another one has written meanwhile, even at the very same moment', async () => {
    const files = createFakeOwnFiles();
    const [one, two] = [historyOf(files).history, historyOf(files).history];
    one.add([built('a', 1, 10)]);
    two.add([built('b', 2, 20), built('a', 1, 11)]);
    await Promise.all([one.flush(), two.flush()]);
    one.add([built('c', 3, 30)]);
    await one.flush();
    two.add([built('d', 4, 40)]);
    await two.flush();
    const names = [...(files.texts.get(own) ?? '').matchAll(/^,(\w+),/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is not written where another one has written the same builds', async () => {
    const files = createFakeOwnFiles();
    const [one, two] = [historyOf(files).history, historyOf(files).history];
    one.add([built('a', 1, 10)]);
    await one.flush();
    files.onReplace = () => expect.unreachable();
    two.add([built('a', 1, 11)]);
    await two.flush();
  });

  it('is not written over where it cannot be read, and written later', async () => {
    const files = createFakeOwnFiles({ [own]: `${header},a,2026-11-29 11:00:00,5\n` });
    files.failing.set(own, 'timeout');
    const { history } = historyOf(files);
    history.add([built('b', 1, 10)]);
    await history.flush();
    expect(files.texts.get(own)).not.toContain('b,');
    files.failing.clear();
    history.add([built('c', 2, 10)]);
    await history.flush();
    expect(files.texts.get(own)?.split('\n')).toHaveLength(5);
  });

  it('has what can be read of a broken file, and never more than a bound of a huge one', async () => {
    const files = createFakeOwnFiles({
      [own]: `\0\u0001junk\n,a,2026-11-29 11:00:00,5\n,a,yesterday,5\n,a,2026-11-29 11:01:00,-5\n,"a,2026`,
      [nom]: `${header}${',b,2026-11-29 11:00:00,5\n'.repeat(400_000)}`,
    });
    const { history } = historyOf(files);
    history.ask(['a', 'b']);
    await settled();
    await settled();
    expect(history.take()).toEqual([
      { name: 'a', hosts: [{ host: '', seconds: [5] }] },
      { name: 'b', hosts: [{ host: '', seconds: [5] }] },
    ]);
  });
});
