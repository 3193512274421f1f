/** Inside the incident's machine: a daemon, a rebuild, the recorder, and the story that leads through it. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tool } from '../../test/lab/hardship/hardship.ts';
import { daemonPid } from '../../test/lab/truth.ts';
import { bringUpLab } from '../../test/support/lab.ts';
import { keepAccounts } from './accounts.ts';
import { place } from './machine.ts';
import { startRebuild } from './rebuild.ts';
import { startSession } from './session.ts';
import { tell } from './story.ts';

const [, , cgroup = ''] = process.argv;
const own = (path: string) => `${place}/${path}`;

/** Both hold files by pid or for one daemon: in here they are this daemon's. */
for (const shared of ['daemon-socket', 'temproots']) {
  mkdirSync(`/nix/var/nix/${shared}`, { recursive: true });
  tool('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'none', `/nix/var/nix/${shared}`);
}
process.env.NIXPULSE_LAB_DIR = own('nix');
process.env.TMPDIR = '/tmp';
const lab = bringUpLab();
if (lab.directory === null) throw new Error(`no demo can be recorded here: ${lab.missing}`);
cpSync(fileURLToPath(new URL('rebuild.nix', import.meta.url)), `${lab.directory}/workloads/incident.nix`);

const daemon = daemonPid();
if (daemon === null) throw new Error('no daemon');
const join = (pid: number) => writeFileSync(`${cgroup}/cgroup.procs`, String(pid));
join(daemon);
// Others may be at work on this machine.
tool('renice', '-n', '5', '-p', String(daemon));

keepAccounts(cgroup);
// Without what its vendor added: 6.18.44-cloud is 6.18.44.
writeFileSync(own('osrelease'), `${tool('uname', '-r').replace(/-.*/, '')}\n`);
tool('mount', '--bind', own('osrelease'), '/proc/sys/kernel/osrelease');

const session = await startSession(own('recordings'), own('state'));
const rebuild = startRebuild(lab.directory, join);
session.follow(rebuild.log);
await tell(session, rebuild, (what) => void process.send?.(what));
await session.end();
rebuild.kill();
process.exit(0);
