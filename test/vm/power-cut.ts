/** The power is cut while it records: what is lost, and is it there again at boot. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Machine } from './machine.ts';

export function powerCutCases(on: () => Machine, told: (line: string) => void): void {
  test('a recording survives a power cut up to the last seconds', async () => {
    const machine = on();
    machine.run('rm -rf /var/lib/nixpulse/*.nixpulse; systemctl enable --now nixpulse.service');
    const active = () => machine.tried('systemctl is-active --quiet nixpulse.service').code === 0;
    await machine.until(
      'it records',
      () => active() && machine.run('ls /var/lib/nixpulse').includes('.nixpulse'),
    );
    await delay(20_000);
    const cutMs = Number(machine.run('date +%s%3N').trim());
    await machine.cut();
    await machine.boot();
    const last = machine
      .run('nixpulse replay /var/lib/nixpulse --json 2>/dev/null')
      .trim()
      .split('\n')
      .map((line) => Date.parse((JSON.parse(line) as { readonly time: string }).time))
      .findLast((timeMs) => timeMs <= cutMs);
    expect(last).toBeDefined();
    const lostSec = (cutMs - (last ?? 0)) / 1000;
    told(`lost by the power cut: ${lostSec.toFixed(1)} s`);
    // It writes through once a second; a machine that is emulated is late.
    expect(lostSec).toBeLessThan(machine.accelerated ? 5 : 30);
    await machine.until('it records again', active);
  });
}
