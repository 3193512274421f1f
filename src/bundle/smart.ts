/** What disks count of themselves. One that sleeps is not woken. */
import { fail, ok } from '../base/problem.ts';
import { plainEnvironment } from './command-sources.ts';
import type { SourceRow } from './source.ts';
import { expand } from './values.ts';

const mostDisks = 16;
const diskMs = 8000;
/** Bits of smartctl(8)'s exit status: the command line, the device. */
const notAsked = 3;

export const smartSource: SourceRow = {
  id: 'smart',
  what: 'what disks count of themselves: errors, spare blocks, temperature',
  from: 'smartctl -x -n standby /dev/<disk>',
  stage: 'programs',
  timeMs: 20_000,
  mostBytes: 1 << 20,
  needs: 'administer',
  redaction: 'text',
  async gather({ ports, programs, emit, miss, ended, mostBytes }) {
    const disks = expand(ports.files, '/sys/block/*')
      .map((path) => path.slice('/sys/block/'.length))
      .filter((name) => /^(?:nvme\d+n\d+|sd[a-z]+|vd[a-z]+|hd[a-z]+)$/.test(name))
      .slice(0, mostDisks);
    if (disks.length === 0) return fail('gone', '/sys/block', 'no disk');
    let found = 0;
    for (const disk of disks) {
      if (ended.aborted) break;
      const run = await programs.run(['smartctl', '-x', '-n', 'standby', `/dev/${disk}`], {
        ...{ timeMs: diskMs, mostBytes: mostBytes / disks.length, environment: plainEnvironment },
      });
      if (!run.ok) {
        if (run.problem.kind === 'gone')
          return fail('unsupported', 'smartctl', 'not installed: nix shell nixpkgs#smartmontools');
        miss(run.problem);
        continue;
      }
      const { stdout, exitCode, late, cut } = run.value;
      if (((exitCode ?? 0) & notAsked) === 0) found += 1;
      const why = late === null ? (cut ? 'its beginning' : null) : `not ended after ${diskMs} ms`;
      emit({ name: `smart/${disk}.txt`, body: stdout, cut: why });
    }
    return found > 0
      ? ok(undefined)
      : fail(ports.native.may('administer') ? 'unsupported' : 'denied', 'smartctl', 'no disk told anything');
  },
};
