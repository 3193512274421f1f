/**
 * Streams that nobody recorded for us: written from what is known of them, so they hold what we believe and prove
 * only that we read that. nom's two test logs by the counts of their records (test/integration/{standard,fail} of
 * nix-output-monitor); Lix, Determinate Nix and upstream's newest by their sources and by reports; nix-darwin,
 * home-manager and nh by their scripts.
 */
import { MadeLog, madeDrv, madePath } from './made-log.ts';

const standardNames = ['build1', 'build2', 'build3', 'build4'];

/** 77 lines: 5 messages of level 3, 2 of level 4, 4 log lines, 24 + 24 counters, 9 activities. */
export function nomStandard(): string {
  const log = new MadeLog({ pid: 1_234 });
  for (const file of ['/build/default.nix', '/build/lib.nix']) log.say(4, `evaluating file '${file}'`);
  const queries = [log.start(0, 'querying info about missing paths', undefined, 6)];
  log.plan(standardNames.map(madeDrv));
  const tree = [102, 104, 103].map((type) => log.start(type, '', undefined, 0));
  const [realise = '', builds = '', copies = ''] = tree;
  queries.push(log.start(0, 'querying info about missing paths', undefined, 6));
  const count = (done: number, running: number) => {
    for (let twice = 0; twice < 2; twice++) {
      log.result(builds, 105, done, 4, running, 0);
      log.result(realise, 106, 101, 0);
    }
    log.result(copies, 105, 0, 0, 0, 0);
    log.result(realise, 106, 100, 0);
  };
  for (const [i, name] of standardNames.entries()) {
    const id = log.start(105, `building '${madeDrv(name)}'`, [madeDrv(name), '', 1, 1]);
    count(i, 1);
    log.result(id, 101, `hello from ${name}`);
    count(i + 1, 0);
    log.stop(id);
  }
  log.stop(...queries, ...tree);
  return log.text;
}

/** The same builds as Nix printed them before it had a machine log. */
export function nomStandardText(): string {
  const builds = standardNames.flatMap((name) => [`building '${madeDrv(name)}'...`, `hello from ${name}`]);
  return [
    'these 4 derivations will be built:',
    ...standardNames.map((name) => `  ${madeDrv(name)}`),
    ...builds,
  ]
    .join('\n')
    .concat('\n');
}

const failTrouble = `Cannot build '${madeDrv('fails')}'.\nReason: builder failed with exit code 1.`;
const failTop = `Cannot build '${madeDrv('top')}'.\nReason: 1 dependency failed.`;

/** 608 lines: 232 files, 162 activities that end at once, 2 errors with a position, 169 stops. */
export function nomFail(): string {
  const log = new MadeLog({ pid: 1_234 });
  for (let i = 0; i < 232; i++) {
    log.say(4, `evaluating file '/nix/store/${'0'.repeat(32)}-nixpkgs/pkgs/${i}.nix'`);
    if (i < 162) log.stop(log.start(0, `copying '/build/source-${i}' to the store`, undefined, 5));
  }
  const query = log.start(0, 'querying info about missing paths', undefined, 6);
  log.plan([madeDrv('fails'), madeDrv('top')]);
  const tree = [102, 104, 103].map((type) => log.start(type, '', undefined, 0));
  const [realise = '', builds = '', copies = ''] = tree;
  const count = (rounds: number, running: number, failed: number) => {
    for (let i = 0; i < rounds; i++) {
      log.result(builds, 105, 0, 2 - failed, running, failed);
      log.result(copies, 105, 0, 0, 0, 0);
      log.result(realise, 106, 101, 0);
    }
  };
  count(5, 0, 0);
  const more = [1, 2].map(() => log.start(0, 'querying info about missing paths', undefined, 6));
  const id = log.start(105, `building '${madeDrv('fails')}'`, [madeDrv('fails'), '', 1, 1]);
  count(3, 1, 0);
  log.result(id, 104, 'buildPhase');
  for (const line of ['buildPhase', 'not today', 'make: *** [all] Error 1', 'bye']) log.result(id, 101, line);
  count(1, 0, 1);
  log.result(builds, 105, 0, 1, 0, 1);
  log.stop(id);
  const at = { file: '/build/default.nix', line: 3, column: 5 };
  log.error(failTrouble, at);
  log.error(failTop, at);
  log.stop(query, ...more, ...tree);
  return log.text;
}

export function nomFailText(): string {
  return [
    'these 2 derivations will be built:',
    `  ${madeDrv('fails')}`,
    `  ${madeDrv('top')}`,
    `building '${madeDrv('fails')}'...`,
    ...['buildPhase', 'not today', 'make: *** [all] Error 1', 'bye'],
    `error: ${failTrouble.replaceAll('\n', '\n       ')}`,
    `error: ${failTop.replaceAll('\n', '\n       ')}`,
    '',
  ].join('\n');
}

/** Lix 2.94: nine plain lines first, ids past 2^53, a build on a machine, no activity above 111 and no result above 107. */
export function lixFail(): string {
  const host = 'ssh-ng://nix@builder';
  const log = new MadeLog({ pid: 4_133_213 });
  log.plain(
    "warning: unknown experimental feature 'repl-flake'",
    'these 2 paths will be fetched (0.10 MiB download, 0.50 MiB unpacked):',
    ...[madePath('one'), madePath('two')].map((path) => `  ${path}`),
    ...['one', 'two'].map((name) => `copying path '${madePath(name)}' from 'https://cache.nixos.org'...`),
    'these 2 derivations will be built:',
    `  ${madeDrv('source')}`,
    `  ${madeDrv('remote')}`,
  );
  const [realise = '', builds = '', copies = ''] = [102, 104, 103].map((type) =>
    log.start(type, '', undefined, 0),
  );
  log.result(builds, 105, 0, 2, 0, 0);
  for (const text of ['connecting to', 'waiting for the upload lock to', 'copying dependencies to'])
    log.stop(log.start(0, `${text} '${host}'`, undefined, 4));
  const remote = log.start(105, `building '${madeDrv('remote')}' on '${host}'`, [
    madeDrv('remote'),
    host,
    1,
    1,
  ]);
  log.result(remote, 104, 'checkPhase');
  log.result(remote, 101, 'FAIL: one of 12');
  const source = log.start(105, `building '${madeDrv('source')}'`, [madeDrv('source'), '', 1, 1]);
  log.result(builds, 105, 0, 1, 1, 1);
  log.stop(source);
  log.error(
    `hash mismatch in fixed-output derivation '${madeDrv('source')}':\n  likely URL: https://example.org/x.tar.gz\n  specified: sha256-AAAA=\n       got: sha256-BBBB=\n  expected path: ${madePath('a')}\n  got path: ${madePath('b')}`,
  );
  log.result(builds, 105, 0, 0, 0, 2);
  log.stop(remote);
  log.error(
    `builder for '${madeDrv('remote')}' failed with exit code 2;\nlast 1 log lines:\n> FAIL: one of 12`,
  );
  log.stop(copies, builds, realise);
  return log.text;
}

const sid = '4f1c2a8e-8a52-4f0b-9a34-0b7d5a1f6c11';

/**
 * Determinate Nix 3.22 (Nix 2.35.2): a session in every record, how each build and substitution ended as result 110, a
 * hash mismatch as result 109, store paths by their base names, an activity 112 without fields.
 */
export function determinateFail(): string {
  const log = new MadeLog({ pid: 2_200_000, also: { sid } });
  log.stop(log.start(112, "fetching git input 'git+file:///etc/nixos'"));
  log.plan(['hello', 'source', 'slow', 'top'].map(madeDrv));
  const [realise = '', builds = '', copies = ''] = [102, 104, 103].map((type) =>
    log.start(type, '', undefined, 0),
  );
  const begin = (name: string) => log.start(105, `building '${madeDrv(name)}'`, [madeDrv(name), '', 1, 1]);
  const ended = (id: string, name: string, more: object) =>
    log.payload(id, 110, {
      startTime: 1_790_000_000,
      stopTime: 1_790_000_009,
      path: { drvPath: madeDrv(name).slice(11), outputs: ['out'] },
      ...more,
    });
  const fetch = log.start(108, '', [madePath('dep'), 'https://cache.nixos.org']);
  const copy = log.start(100, '', [madePath('dep'), 'https://cache.nixos.org', 'local'], 3, fetch);
  log.result(copy, 105, 500, 500, 0, 0);
  ended(fetch, 'dep', { success: true, status: 'Substituted' });
  log.stop(copy, fetch);
  const [hello, source, slow] = [begin('hello'), begin('source'), begin('slow')];
  log.result(hello, 104, 'installPhase');
  ended(hello, 'hello', { success: true, status: 'Built', timesBuilt: 1, cpuUser: 900, cpuSystem: 100 });
  log.stop(hello);
  log.payload(source, 109, { drvPath: madeDrv('source'), specified: 'sha256-AAAA=', got: 'sha256-BBBB=' });
  ended(source, 'source', { success: false, status: 'HashMismatch', errorMsg: 'hash mismatch' });
  log.stop(source);
  log.result(slow, 101, 'testing');
  log.error(`timed out after 60 seconds`);
  ended(slow, 'slow', { success: false, status: 'TimedOut', errorMsg: 'timed out after 60 seconds' });
  log.stop(slow);
  log.error(`Cannot build '${madeDrv('top')}'.\nReason: 2 dependencies failed.`);
  log.stop(copies, builds, realise);
  return log.text;
}

/**
 * Upstream from 2.35 on: files of the configuration as activity 113 and their path as result 109, an input that another
 * client fetches, a retry with its attempt, and a hook beside which other builds go on.
 */
export function upstreamNewest(): string {
  const log = new MadeLog({ pid: 3_000_000 });
  const copied = log.start(113, "copying '/etc/nixos' to the store", ['/etc/nixos', 0], 5);
  log.result(copied, 109, madePath('source'));
  log.stop(copied);
  log.say(0, "waiting for another Nix process to finish fetching input 'github:NixOS/nixpkgs'...");
  log.plan(['first', 'second'].map(madeDrv));
  const [realise = '', builds = '', copies = ''] = [102, 104, 103].map((type) =>
    log.start(type, '', undefined, 0),
  );
  const count = (done: number, running: number) => log.result(builds, 105, done, 2, running, 0);
  log.say(
    1,
    "\x1b[35;1mwarning:\x1b[0m unable to download 'https://cache.nixos.org/x.narinfo': HTTP error 503; retrying in 120 ms (attempt 1/5)",
  );
  const first = log.start(105, `building '${madeDrv('first')}'`, [madeDrv('first'), '', 1, 1]);
  count(0, 1);
  count(1, 0);
  log.stop(first);
  const hook = log.start(110, "running post-build-hook '/etc/nix/upload.sh'", [madeDrv('first')], 4);
  log.result(hook, 107, 'uploading');
  const second = log.start(105, `building '${madeDrv('second')}'`, [madeDrv('second'), '', 1, 1]);
  count(1, 1);
  log.result(second, 104, 'buildPhase');
  count(2, 0);
  log.stop(second, hook, copies, builds, realise);
  return log.text;
}

/** `nix build --json … | jq` of darwin-rebuild, then its activation, with a patch that a hunk of is rejected. */
export function darwinSwitch(): string {
  const log = new MadeLog({ pid: 812 });
  log.plain('building the system configuration...');
  buildOne(log, 'darwin-system-26.05');
  log.plain(
    'setting up groups...',
    'setting up users...',
    'setting up /Applications/Nix Apps...',
    'setting up pam...',
    'applying patches...',
    'setting up /etc...',
    'user defaults...',
    'restarting Dock...',
    'setting up launchd services...',
    'reloading nix-daemon...',
    'waiting for nix-daemon',
    'configuring networking...',
    'setting nvram variables...',
    'Homebrew bundle...',
    'Using wget',
  );
  return log.text;
}

export function homeManagerSwitch(): string {
  const log = new MadeLog({ pid: 813 });
  buildOne(log, 'home-manager-generation');
  log.plain(
    'Starting Home Manager activation',
    'Activating checkFilesChanged',
    'Activating writeBoundary',
    'Activating installPackages',
    'Activating linkGeneration',
    'Creating new profile generation',
    'Activating reloadSystemd',
  );
  return log.text;
}

/** What `nh os switch` pipes on and prints itself. */
export function nhSwitch(): string {
  const log = new MadeLog({ pid: 814 });
  log.plain('> Building NixOS configuration');
  buildOne(log, 'nixos-system-host-26.05');
  log.plain('> Activating configuration', 'setting up /etc...', '> Adding configuration to bootloader');
  return log.text;
}

function buildOne(log: MadeLog, name: string): void {
  log.plan([madeDrv(name)]);
  const [realise = '', builds = '', copies = ''] = [102, 104, 103].map((type) =>
    log.start(type, '', undefined, 0),
  );
  const id = log.start(105, `building '${madeDrv(name)}'`, [madeDrv(name), '', 1, 1]);
  log.result(builds, 105, 1, 1, 0, 0);
  log.stop(id, copies, builds, realise);
}
