/** cmdline, environ, .attrs.json, mountinfo and temporary roots of a process. */
import { describe, expect, test } from 'vitest';
import {
  parseAttrs,
  parseBuildEnvironment,
  parseCmdline,
  parseRootMount,
  parseTempRoots,
} from '../../src/parse/process-text.ts';
import { expectHonestCuts, garbage } from '../support/cut.ts';
import { heapBytes } from '../support/heap.ts';

describe('cmdline', () => {
  test.for([
    ['arguments', 'nix-build\0-A\0firefox\0', ['nix-build', '-A', 'firefox']],
    ['empty arguments', 'a\0\0b\0', ['a', '', 'b']],
    [
      'a worker that wrote its client over `--daemon`',
      'nix-daemon\x005151\0\0\0\0',
      ['nix-daemon', '5151', '', '', ''],
    ],
    ['a title without its NUL (sshd, postgres)', 'sshd: root@pts/0', ['sshd: root@pts/0']],
    ['newlines and escapes are kept', 'sh\0-c\0a\nb\u001b[1m\0', ['sh', '-c', 'a\nb\u001b[1m']],
    ['a kernel thread or zombie', '', []],
    ['one empty argument', '\0', ['']],
  ] as const)('%s', ([, text, argv]) => expect(parseCmdline(text)).toEqual(argv));
});

const environ = [
  'HOME=/homeless-shelter',
  'NIX_BUILD_CORES=8',
  'NIX_BUILD_TOP=/build',
  'buildInputs=',
  'name=webkitgtk-2.46.0+abi=4.1',
  'out=/nix/store/50l8kxkgcprfidcri4c460bxkas03j04-webkitgtk-2.46.0+abi=4.1',
  'pname=webkitgtk',
  'preConfigure=export name=evil\nout=/nowhere',
  'system=x86_64-linux',
  'version=2.46.0+abi=4.1',
  '',
].join('\0');

describe('environ of a builder', () => {
  test('names with = and +; a value with newlines is one value', () => {
    expect(parseBuildEnvironment(environ)).toEqual({
      name: 'webkitgtk-2.46.0+abi=4.1',
      pname: 'webkitgtk',
      version: '2.46.0+abi=4.1',
      out: '/nix/store/50l8kxkgcprfidcri4c460bxkas03j04-webkitgtk-2.46.0+abi=4.1',
      buildTop: '/build',
      system: 'x86_64-linux',
      cores: 8,
      attrsFile: null,
    });
  });
  test('no other variable is kept: secrets of impure builds', () => {
    const found = parseBuildEnvironment('NETRC=hunter2\0name=x\0AWS_SECRET_ACCESS_KEY=hunter3\0');
    expect(JSON.stringify(found)).not.toMatch(/hunter|AWS/);
  });
  test('a name does not keep the environment that it was in, nor a root the mounts of a container host', () => {
    const before = heapBytes();
    const kept = Array.from({ length: 100 }, (_, i) => {
      const long = Buffer.alloc(200_000, `${i} `).toString('latin1');
      const mount = (root: string, at: string) => `1 0 254:0 ${root} ${at} rw - ext4 /dev/vda rw\n`;
      return [
        parseBuildEnvironment(`patch=${long}\0name=webkitgtk-${i}\0out=/nix/store/abc-webkitgtk-${i}\0`),
        parseRootMount(`${mount('/long/root/of/a/build', '/')}${mount('/', `/${long}`)}`),
      ];
    });
    expect(heapBytes() - before).toBeLessThan(2e6);
    expect(kept).toHaveLength(100);
  });
  test.for([
    ['the first of two wins', 'name=a\0name=b\0', 'a'],
    ['empty is unknown', 'name=\0', null],
    ['a row without =', 'name\0', null],
    ['a row that starts with =', '=name\0', null],
    ['without its NUL it was cut', 'HOME=/\0name=firef', null],
  ] as const)('%s', ([, text, name]) => expect(parseBuildEnvironment(text).name).toBe(name));
  test.for([
    ['8', 8],
    ['0', 0],
    ['', null],
    ['many', null],
  ] as const)('NIX_BUILD_CORES=%s', ([text, cores]) =>
    expect(parseBuildEnvironment(`NIX_BUILD_CORES=${text}\0`).cores).toBe(cores),
  );
  test('structured attributes: where they are', () => {
    const text = 'NIX_ATTRS_JSON_FILE=/build/.attrs.json\0NIX_BUILD_TOP=/build\0';
    expect(parseBuildEnvironment(text)).toMatchObject({ name: null, attrsFile: '/build/.attrs.json' });
  });
  test('cut', () => expectHonestCuts(environ, parseBuildEnvironment));
  test.for(garbage)('garbage names nothing', (text) =>
    expect(parseBuildEnvironment(text)).toMatchObject({ name: null, out: null }),
  );
});

describe('.attrs.json', () => {
  test('names as in the environment, outputs as an object', () => {
    const text = JSON.stringify({
      name: 'hello-2.12',
      pname: 'hello',
      version: '2.12',
      system: 'x86_64-linux',
      outputs: { out: '/nix/store/50l8kxkgcprfidcri4c460bxkas03j04-hello-2.12', man: '/nix/store/x' },
    });
    expect(parseAttrs(text)).toMatchObject({
      name: 'hello-2.12',
      out: '/nix/store/50l8kxkgcprfidcri4c460bxkas03j04-hello-2.12',
    });
    expectHonestCuts(text, parseAttrs);
  });
  test.for(['null', '[]', '3', '"name"', '{"name": 3, "outputs": null}', '{"outputs": ["out"]}', '{'])(
    '%s names nothing',
    (text) => expect(parseAttrs(text).name ?? null).toBeNull(),
  );
});

const drv = '/nix/store/nf5yr1ab30z0y0v48gyaygmrf7f3jmk0-memleak-0.1.drv.chroot';
// As read from a builder of Nix 2.8.
const sandbox =
  `192 157 254:0 ${drv} / rw,relatime - ext4 /dev/vda rw,discard,resv_strict,resuid=65534,resgid=65534\n` +
  `213 192 254:0 ${drv}/nix/store /nix/store rw,relatime shared:3 - ext4 /dev/vda rw,discard\n` +
  '214 213 254:0 /nix/store/7wcqg7id4jfcsrm42a11qx3j0n1b380x-lab-tools /nix/store/7wcqg7id4jfcsrm42a11qx3j0n1b380x-lab-tools rw,relatime shared:4 - ext4 /dev/vda rw,discard\n' +
  '226 192 254:0 /tmp/nix-build-memleak-0.1.drv-0 /build rw,relatime - ext4 /dev/vda rw\n' +
  '234 192 0:49 / /proc rw,relatime - proc none rw\n';

describe('root mount', () => {
  test.for([
    ['a sandbox of 2.8', sandbox, drv],
    ['a sandbox of 2.26', sandbox.replace(`${drv} / `, `${drv}/root / `), `${drv}/root`],
    ['outside', '27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n', '/'],
    ['btrfs with subvolumes', '27 1 0:25 /@ / rw - btrfs /dev/sda2 rw,subvol=/@\n', '/@'],
    ['the row on top wins', `1 0 0:1 / / rw - rootfs none rw\n${sandbox}`, drv],
    ['octal escapes', '27 1 254:0 /a\\040b\\134c / rw - ext4 /dev/vda rw\n', '/a b\\c'],
    ['no row for /', '22 27 0:21 / /proc rw - proc proc rw\n', null],
    ['nothing', '', null],
  ] as const)('%s', ([, text, root]) => expect(parseRootMount(text)).toBe(root));

  test('cut in the middle of a row, `/proc` is not `/`', () => {
    const at = sandbox.indexOf(' / /proc') + ' / /'.length;
    expect(parseRootMount(sandbox.slice(0, at))).toBe(drv);
    expectHonestCuts(sandbox, parseRootMount);
  });
});

test('temporary roots: store paths, no derivations, nothing cut', () => {
  const text = '/nix/store/a-x.drv\0/nix/store/b-x\0\0/nix/store/c-y-dev\0';
  expect(parseTempRoots(text)).toEqual(['/nix/store/b-x', '/nix/store/c-y-dev']);
  expect(parseTempRoots('')).toEqual([]);
  expectHonestCuts(text, parseTempRoots);
});
