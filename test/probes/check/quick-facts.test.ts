import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSocket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { quickItems } from '../../../src/check/quick.ts';
import { askAnswer } from '../../../src/probes/check/answers.ts';
import { readQuickFacts } from '../../../src/probes/check/quick-facts.ts';
import type { ProbeContext } from '../../../src/probes/probe.ts';
import { createFakePorts, settled } from '../../support/fake-ports.ts';
import { realProbe } from '../../support/probe-context.ts';
import { soundMachine } from '../../support/rebuild-facts.ts';

const never = () => new Promise<never>(() => {});

function contextOf(ports = createFakePorts({ tree: { '/run/systemd/system': { directory: [] } } as never })) {
  const context: ProbeContext = {
    ports,
    cancelled: new AbortController().signal,
    stateDirectory: undefined,
    progress: () => {},
  };
  return { ports, context };
}

describe('what is read within five seconds', () => {
  it('is all that answers; what hangs is named, and what was started is ended', async () => {
    const { ports, context } = contextOf();
    ports.spawn.onRun = () => never();
    ports.spawn.onStream = () => ({ endless: true });
    const reading = readQuickFacts(
      {
        totalMs: 4500,
        environment: {},
        units: [{ unit: 'a.service', asks: null }],
        look: never,
      },
      context,
    );
    let over = false;
    void reading.then(() => {
      over = true;
    });
    for (let step = 0; step < 9; step += 1) {
      await settled();
      expect(over).toBe(false);
      ports.clock.advance(500);
    }
    for (let turn = 0; turn < 20; turn += 1) await settled();
    const facts = await reading;
    const items = quickItems(facts);
    const unknown = items.filter(({ state }) => state === 'unknown').map(({ id }) => id);
    expect(unknown).toEqual(
      expect.arrayContaining(['daemon', 'memory', 'failed-units', 'unit', 'journal-errors']),
    );
    expect(items.every(({ state }) => state !== 'failed')).toBe(true);
    expect(facts.machine).toMatchObject({ ok: false, problem: { kind: 'timeout', where: 'this machine' } });
    const lasting = ports.spawn.calls.filter(({ cancelled }) => !cancelled);
    expect(lasting.map(({ file }) => file).filter((file) => file === 'systemctl')).toEqual([]);
  });

  it('tells of a machine without journal and systemd what it can', async () => {
    const { context } = contextOf(createFakePorts());
    const facts = await readQuickFacts(
      { totalMs: 4500, environment: {}, units: [], look: async () => soundMachine() },
      context,
    );
    expect(facts.machine.ok).toBe(true);
    expect(facts.errors).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
    expect(facts.units).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
  });
});

describe('whether something answers', () => {
  const directory = () => {
    const made = mkdtempSync('/tmp/nixpulse-answers-');
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };

  it.each([
    [200, null],
    [404, null],
    [503, 'HTTP 503'],
  ])('HTTP %d', async (status, said) => {
    const server = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { context } = realProbe();
    expect(await askAnswer(`http://127.0.0.1:${port}/health`, {}, context)).toEqual({
      ok: true,
      value: said,
    });
  });

  it('a socket that takes a connection, and one that nobody listens on', async () => {
    const path = join(directory(), 'a.sock');
    const { context } = realProbe();
    expect(await askAnswer(path, {}, context)).toEqual({ ok: true, value: 'ENOENT' });
    const server = createSocket();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    expect(await askAnswer(path, {}, context)).toEqual({ ok: true, value: null });
  });

  it('nobody there is why not', async () => {
    const { context } = realProbe();
    const asked = await askAnswer('http://127.0.0.1:1/', {}, context);
    expect(asked.ok && asked.value).toMatch(/\S/);
  });
});
