import { expect, test } from 'vitest';
import { defaultFlags, type Flags } from '../../src/cli/table.ts';
import { defaultThresholds } from '../../src/diagnose/thresholds.ts';
import { judgedBy, judgedSoon } from '../../src/modes/wiring.ts';
import { createFakePorts } from '../support/fake-ports.ts';

function given(flags: Partial<Flags> & { readonly command?: 'record' | 'demo' } = {}) {
  const ports = createFakePorts();
  ports.ownFiles.texts.set('/etc/nixpulse/config.toml', '[diagnose]\nidleSec = 50\npauseSec = 20\nx = 1\n');
  const said: string[] = [];
  const complain = (line: string) => void said.push(line);
  const invocation = { ...defaultFlags, command: 'record' as const, operand: null, ...flags };
  return { said, ports, complain, environment: { HOME: '/root' }, invocation };
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
  expect(await read()).toHaveLength(1);
  expect(diagnose.thresholds).toEqual({ ...defaultThresholds, idleSec: 60, pauseSec: 20 });
  expect(one.said).toEqual([]);
});

test('who reads the files himself has them used, now and again later', () => {
  const { diagnose, use } = judgedSoon(given({ threshold: { idleSec: 60 } }));
  const clients = { tools: [] };
  use({ diagnose: { ...defaultThresholds, idleSec: 1, pauseSec: 2 }, clients });
  expect(diagnose.thresholds).toEqual({ ...defaultThresholds, idleSec: 60, pauseSec: 2 });
  use({ diagnose: defaultThresholds, clients });
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

test('the demo is the same everywhere, unless a file is named', async () => {
  expect((await judgedBy(given({ command: 'demo' }))).thresholds).toEqual(defaultThresholds);
  const named = given({ command: 'demo', config: '/own.toml' });
  named.ports.ownFiles.texts.set('/own.toml', 'diagnose.idleSec = 5\n');
  expect((await judgedBy(named)).thresholds?.idleSec).toBe(5);
});
