/** A real server and a real file. */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createExporting } from '../../../src/modes/export/exporting.ts';
import { type Outlets, openOutlets } from '../../../src/modes/export/outlets.ts';
import type { Given } from '../../../src/modes/mode.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { busy } from '../../support/model-fixture.ts';

const health = { latenessMs: 0, lowDetail: false, privilegeHint: null };
const own = () => ({ residentBytes: null, cpuUsec: 0 });
const newExporting = () => createExporting({ version: '1', top: 0, startedMs: 0, own });
const local = (port = 0) => ({ host: '127.0.0.1', port });

function given(invocation: Partial<Given['invocation']>): Given {
  return {
    invocation: { textfile: null, listen: null, fileEvery: null, ...invocation },
    ...{ ports: { clock: systemClock }, version: '1', complain: () => {}, countPending: () => {} },
  } as unknown as Given;
}

async function open(invocation: Partial<Given['invocation']>, exporting = newExporting()): Promise<Outlets> {
  const opened = await openOutlets(given(invocation), exporting);
  if (!opened.ok) throw new Error(opened.line);
  onTestFinished(() => opened.close());
  return opened;
}

const urlOf = ({ places: [url = ''] }: Outlets) => new URL(url);

test('before the first look there are no metrics yet, and only one page has them', async () => {
  const exporting = newExporting();
  const url = urlOf(await open({ listen: local() }, exporting));
  expect((await fetch(url)).status).toBe(503);
  exporting.looked(busy, health, null);
  const answer = await fetch(url);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toBe(exporting.text());
  expect(await (await fetch(new URL('/', url))).text()).toContain('/metrics');
  expect((await fetch(new URL('/other', url))).status).toBe(404);
});

test('where it is not told otherwise it serves on 127.0.0.1:19977, at /metrics', async () => {
  const opened = await openOutlets(given({}), newExporting());
  if (opened.ok) onTestFinished(() => opened.close());
  // Something of this machine may have it.
  const said = opened.ok ? opened.places.join() : opened.line;
  expect(said).toContain(opened.ok ? 'http://127.0.0.1:19977/metrics' : '127.0.0.1:19977');
});

test('where the address is taken the file is not left behind', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'nixpulse-outlets-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const textfile = join(directory, 'nixpulse.prom');
  const { port } = urlOf(await open({ listen: local() }));
  expect(await openOutlets(given({ textfile, listen: local(Number(port)) }), newExporting())).toMatchObject({
    ...{ ok: false, exitCode: 1 },
    line: expect.stringContaining('something listens there already'),
  });
  expect(existsSync(textfile)).toBe(false);
  const both = await open({ textfile, listen: local() });
  expect(both.places).toHaveLength(2);
  expect(readFileSync(textfile, 'utf8')).toContain('nixpulse_exporter_info');
});
