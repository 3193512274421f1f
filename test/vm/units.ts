/** The units of dist/systemd: they start, they have what they ask for in the cgroup files, and they stop as they should. */
import { expect, test } from 'vitest';
import type { Machine } from './machine.ts';

const units = ['nixpulse', 'nixpulse-guard', 'nixpulse-export', 'nixpulse-console@tty8'];
const slice = '/sys/fs/cgroup/nixpulse.slice';

export function unitCases(on: () => Machine): void {
  const read = (path: string) => on().run(`cat ${path}`).trim();
  const property = (unit: string, name: string) =>
    on().run(`systemctl show --property ${name} --value ${unit}.service`).trim();

  test('the log of all builds, turned on as docs/log-path.md says', () => {
    const machine = on();
    machine.run(`set -e; cd /usr/share/doc/nixpulse/examples/log-path
      install -D -m 644 sysusers.conf /etc/sysusers.d/nixpulse.conf
      install -D -m 644 tmpfiles.conf /etc/tmpfiles.d/nixpulse.conf
      install -m 600 nix.conf /etc/nix/nixpulse.conf
      echo '!include nixpulse.conf' >> /etc/nix/nix.conf
      systemctl daemon-reload
      systemctl enable --now run-nixpulse.mount
      systemd-sysusers && systemd-tmpfiles --create /etc/tmpfiles.d/nixpulse.conf
      systemctl restart nix-daemon`);
    expect(machine.run('findmnt --noheadings --output FSTYPE /run/nixpulse').trim()).toBe('tmpfs');
    expect(machine.run('stat --format "%A %U %G" /run/nixpulse').trim()).toBe('drwxr-x--- root nixpulse');
  });

  test('all units start, once', async () => {
    const machine = on();
    machine.run(`systemctl enable --now ${units.join(' ')}`);
    await machine.until('they are active', () =>
      units.every((unit) => property(unit, 'ActiveState') === 'active'),
    );
    for (const unit of units) expect([unit, property(unit, 'NRestarts')]).toEqual([unit, '0']);
  });

  test('the kernel grants each what its unit asks for', () => {
    expect(read(`${slice}/memory.min`)).toBe(`${384 << 20}`);
    for (const unit of units) {
      // As systemd names a slice of instances: nixpulse-console@tty8.service lies in the slice itself.
      const cgroup = `${slice}/${unit}.service`;
      const pid = property(unit, 'MainPID');
      expect({
        unit,
        memoryMin: read(`${cgroup}/memory.min`),
        swap: read(`${cgroup}/memory.swap.max`),
        cpu: read(`${cgroup}/cpu.weight`),
        oom: read(`/proc/${pid}/oom_score_adj`),
        nice: on().run(`ps -o ni= -p ${pid}`).trim(),
      }).toEqual({ unit, memoryMin: `${96 << 20}`, swap: '0', cpu: '1000', oom: '-900', nice: '-20' });
    }
  });

  test('metrics are served', () => {
    const ask = 'exec 3<>/dev/tcp/127.0.0.1/19977; printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3';
    expect(on().run(`bash -c '${ask}'`)).toMatch(/^nixpulse_pressure_avg10_ratio\{/m);
  });

  test('a guard that is killed is there again', async () => {
    const machine = on();
    const before = property('nixpulse-guard', 'MainPID');
    machine.run(`kill -KILL ${before}`);
    await machine.until('another is ready', () => {
      const pid = property('nixpulse-guard', 'MainPID');
      return !['0', before].includes(pid) && property('nixpulse-guard', 'ActiveState') === 'active';
    });
    expect(machine.run('nixpulse guard status')).toMatch(/dry run/);
  });

  test('the check of caches runs under its timer’s unit', () => {
    const machine = on();
    const ended = machine.tried('systemctl start nixpulse-check-cache.service');
    const log = machine.run('journalctl --boot --no-pager --output cat --unit nixpulse-check-cache.service');
    expect([ended.code, property('nixpulse-check-cache', 'Result')], log).toEqual([0, 'success']);
  });

  test('stopped, they have not failed', () => {
    const machine = on();
    machine.run(`systemctl stop ${units.join(' ')}`);
    for (const unit of units) {
      expect([unit, property(unit, 'Result'), property(unit, 'ActiveState')]).toEqual([
        unit,
        'success',
        'inactive',
      ]);
    }
  });
}
