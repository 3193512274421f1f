/** What Nix says of its store and the database of it. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, run, runAsRoot, seen, where } from './entry.ts';
import { words } from './words.ts';

const repairAll = runAsRoot(
  'compare the whole store with its hashes, and fetch what differs',
  'nix-store --verify --check-contents --repair',
  'it reads the whole store, which may take hours; what no cache has is built again',
);

export const nixStore: readonly KnownMessage[] = [
  {
    id: 'path-modified',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /path ['"‘](?<path>[^\n]+?)['"’] was modified! expected hash ['"‘](?!sha256:0+['"‘’])(?<specified>[^\n]+?)['"’], got ['"‘](?<got>[^\n]+?)['"’]/,
        "path '/nix/store/5djhjs4bd5d967drw4f8i55cgjjgg0kx-libfoo-1.2' was modified! expected hash 'sha256:1pjnbmfy3xpgfyhsdflvj50xky7irb83q6jw2hn9mwjavvjxcsq0', got 'sha256:1pz0vfkm7111l4c0wkk74nfddymx42s82smki209bzq46lws62rs'",
        'recorded stream verify-corrupt of Nix 2.8.0 and 2.34.8',
      ),
      seen(
        words("path '<path>' is corrupted or missing"),
        "path '/nix/store/a7gw764ybyncn8a7ycyjc1myr10kazpb-big-c-3' is corrupted or missing!",
        'NixOS/nix tag 2.8.0, src/libstore/build/worker.cc',
        { since: '2.4' },
      ),
    ],
    title: '{path} is not what was once put into the store',
    causes: [
      because(
        'a file of it was changed or cut: a crash while it was written, or a program that wrote into the store',
        'nix-store --verify-path {path}',
        runAsRoot('fetch or build it again', 'nix-store --repair-path {path}'),
      ),
      because(
        'memory or the disk has errors: then more will follow',
        'dmesg --level err,warn | tail -n 20',
        advise('look for errors first (nixpulse diagnose), and save what matters'),
        repairAll,
      ),
    ],
    brings: ['store-errors-left'],
  },
  {
    id: 'path-disappeared',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("path '<path>' disappeared, but it still has valid referrers"),
        "path '/nix/store/5dblpm7jivhdv6615smqjislnnx847a8-python3.10-backports-entry-points-selectable-1.1.1.drv' disappeared, but it still has valid referrers!",
        'NixOS/nix tag 2.8.0, src/libstore/local-store.cc, with a path of NixOS/nix#7988',
      ),
      seen(
        words("path '<path>' disappeared, removing from database"),
        "path '/nix/store/5dblpm7jivhdv6615smqjislnnx847a8-python3.10-backports-entry-points-selectable-1.1.1.drv' disappeared, removing from database...",
        'NixOS/nix#7988',
      ),
      seen(
        /error: path ['"‘](?=\/\/|[^'"’\n]*\/['"’])\/?(?<path>\/[^'"’\n]+?\/store\/[^'"’/\n]+?)\/?['"’] does not exist/,
        "error: path '/nix/store/a65i6d5749jzns710pisvay67w3lw4pr-foo-3.4/' does not exist",
        'recorded stream nix_store_verify-corrupt of Nix 2.34.8',
      ),
    ],
    title: '{path} is in the database of Nix and no longer on disk',
    causes: [
      because(
        'somebody deleted it from /nix/store by hand, or the file system lost it',
        'ls -ld {path}',
        runAsRoot('fetch or build again what is missing', 'nix-store --verify --repair'),
        advise('look for errors of the disk: nixpulse diagnose'),
      ),
    ],
    brings: ['store-errors-left'],
  },
  {
    id: 'store-errors-left',
    from: 'nix',
    rank: 'symptom',
    wordings: [
      seen(
        words('warning: not all store errors were fixed'),
        'warning: not all store errors were fixed',
        'recorded stream verify-corrupt of Nix 2.8.0',
      ),
    ],
    title: 'the store has errors that were not mended',
    causes: [because('it was only looked at, or no cache has what is damaged', null, repairAll)],
  },
  {
    id: 'database-damaged',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /(?:database disk image is malformed|file is not a database)(?:, (?:database disk image is malformed|file is not a database))?(?: \(in ['"‘](?<file>[^\n]+?)['"’]\))?/,
        "error: executing SQLite query 'select migration from SchemaMigrations;': database disk image is malformed, database disk image is malformed (in '/mx/state/db/db.sqlite')",
        'Nix 2.34.8 (and 2.8.0) with a damaged database; also NixOS/nix#7988',
      ),
      seen(
        /error: ['"‘](?<file>[^\n]+?\/db\/schema)['"’] is corrupt/,
        'error: "/mx/state/db/schema" is corrupt',
        'Nix 2.34.8 (and 2.8.0) with such a file',
      ),
    ],
    title: 'a database of Nix is damaged',
    causes: [
      where(
        { file: /(?:\/\.?cache\/|binary-cache|eval-cache|fetcher-cache)[^\n]*\.sqlite$/ },
        because(
          'it is only a cache, and a crash left it half written',
          'ls -l {file}',
          run('delete it: it is made anew', 'rm {file}', 'what it remembered is asked for once more'),
        ),
      ),
      where(
        // Old versions do not say which one it is: that of the store is the one that counts.
        { file: /^$|\/db\// },
        because(
          'the disk was full or the machine crashed while it was written, or the disk has errors',
          'sqlite3 {file} "pragma integrity_check"',
          advise('look for errors of the disk first (nixpulse diagnose); let nothing use Nix meanwhile'),
          runAsRoot(
            'stop the daemon, put the database aside with its write-ahead log, and write what can be read into a new one',
            'sqlite3 --version && systemctl stop nix-daemon.socket nix-daemon && cd /nix/var/nix/db && mkdir damaged && mv db.sqlite* damaged/ && sqlite3 damaged/db.sqlite .recover | sqlite3 db.sqlite',
            'builds that run are ended; what cannot be read is unknown to Nix afterwards: verify the store then',
          ),
          repairAll,
        ),
      ),
    ],
  },
  {
    id: 'database-disk-error',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: executing SQLite (?:statement|query) ['"‘][^\n]+?['"’]: (?:disk I\/O error(?:, disk I\/O error)?) \(in ['"‘](?<file>[^\n]+?)['"’]\)/,
        "error: executing SQLite statement 'pragma synchronous = normal': disk I/O error, disk I/O error (in '/nix/var/nix/db/db.sqlite')",
        'NixOS/nix#13776',
      ),
    ],
    title: 'the disk gave an error when the database of Nix was read',
    causes: [
      because(
        'the disk or its file system has errors, or it is mounted read-only since one',
        'dmesg --level err,warn | tail -n 20; findmnt -T {file}',
        advise('save what matters first; then see nixpulse diagnose'),
      ),
      because(
        'the file system has no space left for its journal',
        'df -h {file}',
        advise('free some space first'),
      ),
    ],
  },
  {
    id: 'database-unopened',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /(?:cannot open (?:SQLite|Nix) database ['"‘](?<file>[^\n]+?)['"’]|unable to open database file(?: \(in ['"‘](?<path>[^\n]+?)['"’]\))?|attempt to write a readonly database)/,
        "error: executing SQLite statement 'delete from ValidPaths where path = ?;': unable to open database file (in '/nix/var/nix/db/db.sqlite')",
        'NixOS/nix#5454',
      ),
    ],
    title: 'the database of Nix could not be opened or written',
    causes: [
      because(
        'the file system of /nix/var or of /var/tmp is full or read-only',
        'df -h /nix/var /var/tmp /tmp; findmnt -T /nix/var/nix/db',
        advise('free some space there, or mount it for writing; SQLite needs room in /var/tmp, too'),
      ),
      because(
        'the user may not write it: without the daemon only its owner may',
        'ls -l /nix/var/nix/db; echo "$NIX_REMOTE"',
        run('ask the daemon', 'NIX_REMOTE=daemon nix store info'),
      ),
    ],
  },
  {
    id: 'database-busy',
    from: 'nix',
    rank: 'cause',
    alsoWarns: true,
    wordings: [
      seen(
        words("SQLite database '<file>' is busy"),
        "warning: error: SQLite database '/nix/var/nix/db/db.sqlite' is busy",
        'garnix-io/issues#62',
      ),
    ],
    title: 'other programs hold {file}, so this one waits',
    causes: [
      because(
        'another Nix writes for long: a garbage collection, an optimisation, many builds at once, a slow disk',
        'ps -eo pid,etime,args | grep "[n]ix"',
        advise('wait: it goes on by itself; nixpulse shows who holds it'),
      ),
      where(
        { file: /cache/ },
        because(
          'two evaluations of the same flake share its cache',
          null,
          advise('harmless: one waits for the other'),
        ),
      ),
      where(
        { file: /\/home\/|\/mnt\/|nfs/ },
        because(
          'it is on a network file system (NFS), whose locks are slow or stay behind',
          'findmnt -T {file}',
          advise('let XDG_CACHE_HOME be on a disk of the machine'),
        ),
      ),
    ],
  },
  {
    id: 'schema-too-new',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /current Nix store (?:ca-)?schema is version (?<version>\d+), but I only support (?<own>\d+)/,
        'error: current Nix store schema is version 10, but I only support 7',
        'NixOS/nix#1251',
      ),
    ],
    title: 'a newer Nix has used this store: its database has version {version}, this Nix knows {own}',
    causes: [
      because(
        'an older Nix stands before the newer one in PATH, or a rollback brought the older one',
        'type -a nix; nix --version',
        advise('use the newer Nix: it is still in the store (ls -d /nix/store/*-nix-2.*)'),
      ),
      because(
        'the older one is wanted',
        null,
        runAsRoot(
          'write the database out with the newer one, and read it in with the older one',
          'NEW/bin/nix-store --dump-db > /root/nix.db.dump && mv /nix/var/nix/db /nix/var/nix/db.newer && OLD/bin/nix-store --init && OLD/bin/nix-store --load-db < /root/nix.db.dump',
          'let nothing use Nix meanwhile; what only the newer one records is lost',
        ),
      ),
    ],
    brings: ['remote-store-unreachable', 'unexpected-end', 'ssh-not-started'],
  },
  {
    id: 'path-invalid',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("error: path '<path>' is not valid"),
        "error: path '/mx/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-x' is not valid",
        'Nix 2.8.0 and 2.34.8, nix-store -q --references',
      ),
    ],
    title: 'the database of Nix does not know {path}',
    causes: [
      because(
        'it was deleted by a garbage collection, also while it was needed',
        'ls -ld {path}',
        advise('do it again; what a build needs is then fetched or built'),
        advise('protect what must stay: a result link, or nix-store --add-root'),
      ),
      where(
        { path: /\.drv$/ },
        because(
          'an evaluation from a cache names a derivation that is no longer there',
          'ls ~/.cache/nix',
          run('evaluate anew', 'nix build --option eval-cache false INSTALLABLE'),
        ),
      ),
      because('it lies in the store without being registered: a copy by hand, a crash', null, repairAll),
    ],
  },
  {
    id: 'store-read-only',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /error: (?<what>[^\n]+? ['"‘]?(?<path>\/nix\/[^\n:]*?)['"’]?): Read-only file system/,
        "error: changing modification time of '/nix/store/06ig4hysa54lcnn04vjbi7kwj3n6b6l5-libseccomp-2.3.2/lib/libseccomp.so': Read-only file system",
        'valeriangalliat/blog#3',
      ),
    ],
    title: '{path} is on a file system that may not be written',
    causes: [
      because(
        'on NixOS /nix/store is read-only for all but the daemon: something other than Nix tried to write there',
        'findmnt -T /nix/store',
        advise('let Nix put it there; as root without the daemon set NIX_REMOTE=daemon'),
      ),
      because(
        'the file system had errors, and the kernel made it read-only',
        'dmesg --level err,warn | tail -n 20',
        advise('save what matters first; then see nixpulse diagnose'),
      ),
      because(
        'it is an installer or a container whose /nix is read-only',
        'findmnt /',
        advise('write to another store: --store /mnt'),
      ),
    ],
  },
  {
    id: 'path-still-alive',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        words("annot delete path '<path>' since it is still alive"),
        "error: Cannot delete path '/mx/store/0jrkssc5iypddmw99a27yid7w5h9nfw2-u' since it is still alive. To find out why, use: nix-store --query --roots and nix-store --query --referrers",
        'Nix 2.34.8, nix-store --delete',
      ),
      seen(
        words("error: cannot delete path '<path>' because it is in use by '<user>'"),
        "error: cannot delete path '/nix/store/0qbi4xr6iwhq8vgmpxrxvixdqxqbsxip-backports.entry_points_selectable-1.1.1.tar.gz.drv' because it is in use by '/nix/store/5dblpm7jivhdv6695smqjislnnx847a8-python3.10-backports-entry-points-selectable-1.1.1.drv'",
        'NixOS/nix#7988',
      ),
    ],
    title: '{path} is still needed, so Nix keeps it',
    causes: [
      because(
        'a generation, a result link, a running program or another path needs it',
        'nix-store --query --roots {path}',
        advise('remove what holds it: an old generation, a result link'),
      ),
    ],
  },
  // Only as the last that was said: otherwise it has gone on.
  {
    id: 'waiting-for-lock',
    from: 'nix',
    rank: 'cause',
    wordings: [
      seen(
        /waiting for (?:the big (?<kind>garbage collector|Nix store) lock|(?<access>exclusive access) to the Nix store|lock on (?<path>[^\n]+?)(?:\.\.\.)?$)(?:\.\.\.)?(?=\s*(?:\^C\s*)?(?:error: interrupted by the user\s*)?(?![\s\S]))/,
        'waiting for the big garbage collector lock...',
        'NixOS/nix tag 2.34.0, src/libstore/gc.cc',
      ),
      seen(
        /waiting for another Nix process to finish fetching input ['"‘](?<path>[^\n]+?)['"’](?:\.\.\.)?(?=\s*(?:\^C\s*)?(?:error: interrupted by the user\s*)?(?![\s\S]))/,
        "waiting for another Nix process to finish fetching input 'github:NixOS/nixpkgs'...",
        'NixOS/nix tag 2.35.0, src/libfetchers/fetchers.cc',
        { since: '2.35' },
      ),
    ],
    title: 'it waits for another Nix, and goes on when that one is done',
    causes: [
      because(
        'another build, download, garbage collection or rebuild holds what this one needs',
        'grep -H . /proc/locks; ps -eo pid,etime,args | grep "[n]ix"',
        advise('wait; nixpulse shows who holds the lock, and what that one does'),
      ),
      because(
        'the other one hangs (a half-open ssh, a stopped process)',
        'ps -eo pid,stat,etime,args | grep "[n]ix"',
        advise('end that client with Ctrl-C, or from nixpulse', 'what it was building'),
      ),
    ],
  },
];
