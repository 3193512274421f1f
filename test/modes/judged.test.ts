import { describe, expect, test } from 'vitest';
import { defaultFlags, type Flags } from '../../src/cli/table.ts';
import { defaultThresholds } from '../../src/diagnose/thresholds.ts';
import { usualLooks } from '../../src/model/ui/tones.ts';
import type { Look } from '../../src/modes/mode.ts';
import { judgedBy, judgedSoon } from '../../src/modes/wiring.ts';
import { usualSettings } from '../../src/settings/settings.ts';
import { createFakePorts } from '../support/fake-ports.ts';

function given(flags: Partial<Flags> & { readonly command?: 'record' | 'demo' } = {}) {
  const ports = createFakePorts();
  ports.ownFiles.texts.set('/etc/nixpulse/config.toml', '[diagnose]\nidleSec = 50\npauseSec = 20\nx = 1\n');
  const said: string[] = [];
  const complain = (line: string) => void said.push(line);
  const invocation = { ...defaultFlags, command: 'record' as const, operand: null, ...flags };
  const typed = Object.keys(flags) as (keyof Flags)[];
  const look: Look = { color: true, unicode: true, console: false };
  const process = { stdout: { isTTY: true } } as NodeJS.Process;
  const environment = { HOME: '/root', LANG: 'C.UTF-8' };
  return { said, ports, complain, environment, look, process, invocation: { ...invocation, typed } };
}

test('flags are laid over files, and files over what usually holds', async () => {
  const one = given({ threshold: { idleSec: 60 } });
  const { thresholds } = await judgedBy(one);
  expect(thresholds).toEqual({ ...defaultThresholds, idleSec: 60, pauseSec: 20 });
  expect(one.said).toEqual([expect.stringContaining("config.toml:4: [diagnose] unknown key 'x'")]);
});

test('who must not wait has the usual ones until the files were read', async () => {
  const one = given({ threshold: { idleSec: 60 } });
  const { diagnose, read } = judgedSoon(one);
  expect(diagnose.thresholds).toEqual({ ...defaultThresholds, idleSec: 60 });
  expect((await read()).complaints).toHaveLength(1);
  expect(diagnose.thresholds).toEqual({ ...defaultThresholds, idleSec: 60, pauseSec: 20 });
  expect(one.said).toEqual([]);
});

test('who reads the files himself has them used, now and again later', () => {
  const { diagnose, use } = judgedSoon(given({ threshold: { idleSec: 60 } }));
  use({ ...usualSettings, diagnose: { ...defaultThresholds, idleSec: 1, pauseSec: 2 } });
  expect(diagnose.thresholds).toEqual({ ...defaultThresholds, idleSec: 60, pauseSec: 2 });
  use(usualSettings);
  expect(diagnose.thresholds).toEqual({ ...defaultThresholds, idleSec: 60 });
});

test('programs of one’s own are known from when the files were read', async () => {
  const ownTools = { names: [] as readonly string[] };
  const one = given();
  one.ports.ownFiles.texts.set('/etc/nixpulse/config.toml', '[clients]\ntools = ["deploy-all"]\n');
  const { read } = judgedSoon({ ...one, ownTools });
  await read();
  expect(ownTools.names).toEqual(['deploy-all']);
});

describe('the interval', () => {
  const inFile = '[sampling]\ninterval = 5\n';
  const judged = async (flags: Partial<Flags>) => {
    const one = given(flags);
    one.ports.ownFiles.texts.set('/etc/nixpulse/config.toml', inFile);
    const soon = judgedSoon(one);
    const before = soon.intervalScale;
    await soon.read();
    return [before, soon.intervalScale];
  };

  test('is that of the file from when it was read', async () => {
    expect(await judged({})).toEqual([1, 5]);
  });

  test('a flag wins, also where it says what is usual', async () => {
    expect(await judged({ interval: 1 })).toEqual([1, 1]);
    expect(await judged({ interval: 3 })).toEqual([3, 3]);
  });
});

describe('how it looks', () => {
  const machine = '[screen]\ncolor = "never"\nascii = true\n[colors]\nok = "blue"\n';
  const user = '[screen]\ncolor = "always"\nascii = false\n';
  const look = async (flags: Partial<Flags>, texts: readonly string[], more: Record<string, string> = {}) => {
    const one = given(flags);
    const files = ['/etc/nixpulse/config.toml', '/root/.config/nixpulse/config.toml'];
    for (const [at, file] of files.entries()) one.ports.ownFiles.texts.set(file, texts[at] ?? '');
    const { read } = judgedSoon({ ...one, environment: { ...one.environment, ...more } });
    await read();
    return one.look;
  };

  test('as usual without a word in the files', async () => {
    expect(await look({}, [])).toEqual({ color: true, unicode: true, console: false, looks: usualLooks });
  });

  test('the machine, the user over it, a flag over both', async () => {
    expect(await look({}, [machine])).toMatchObject({ color: false, unicode: false, looks: { ok: 'blue' } });
    expect(await look({}, [machine, user])).toMatchObject({ color: true, unicode: true });
    expect(await look({ color: 'never', ascii: true }, [machine, user])).toMatchObject({
      ...{ color: false, unicode: false },
    });
    expect(await look({ color: 'auto' }, [machine])).toMatchObject({ color: true });
  });

  test('NO_COLOR wins over the files, --color over it', async () => {
    const never = { NO_COLOR: '1' };
    expect(await look({}, [machine, user], never)).toMatchObject({ color: false });
    expect(await look({ color: 'always' }, [machine, user], never)).toMatchObject({ color: true });
  });
});

test('the demo is the same everywhere, unless a file is named', async () => {
  expect((await judgedBy(given({ command: 'demo' }))).thresholds).toEqual(defaultThresholds);
  const named = given({ command: 'demo', config: '/own.toml' });
  named.ports.ownFiles.texts.set('/own.toml', 'diagnose.idleSec = 5\n');
  expect((await judgedBy(named)).thresholds?.idleSec).toBe(5);
});
