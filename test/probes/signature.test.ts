import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nixBase32 } from '../../src/base/nix-base32.ts';
import { type NarInfo, parseNarInfo } from '../../src/parse/cache-info.ts';
import { narFingerprint } from '../../src/parse/nar-signature.ts';
import { signatureOf } from '../../src/probes/cache-check/signature.ts';

/** As Nix 2.8 writes them. */
const text = `StorePath: /nix/store/fs4hrcxj1594ni9lr1s7igz1cm9lx6x1-hello-1.0
URL: nar/1d8k2fw1nmykgznglwfr5mc5n3i6m174b46bakxzpvb1b55dbvas.nar.xz
Compression: xz
FileSize: 900216
NarHash: sha256:1dpzfjw32hdmiy1g1548g5j1d14kwy9y3palbr09f746zja8ygh6
NarSize: 900112
References: zz4hrcxj1594ni9lr1s7igz1cm9lx6x1-libc fs4hrcxj1594ni9lr1s7igz1cm9lx6x1-hello-1.0
`;

function narInfo(more = ''): NarInfo {
  const info = parseNarInfo(text + more);
  if (info === null) throw new Error('no narinfo');
  return info;
}

function keyNamed(name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    trusted: `${name}:${bytes.toString('base64')}`,
    sign: (info: NarInfo) => {
      const made = sign(null, Buffer.from(narFingerprint(info) ?? ''), privateKey);
      return `Sig: ${name}:${made.toString('base64')}\n`;
    },
  };
}

const nas = keyNamed('nas-1');
const other = keyNamed('other-1');
const good = nas.sign(narInfo());

test('what is signed: full paths, sorted, whatever form the hash has', () => {
  const fingerprint = narFingerprint(narInfo());
  expect(fingerprint).toBe(
    '1;/nix/store/fs4hrcxj1594ni9lr1s7igz1cm9lx6x1-hello-1.0;sha256:1dpzfjw32hdmiy1g1548g5j1d14kwy9y3palbr09f746zja8ygh6;900112;' +
      '/nix/store/fs4hrcxj1594ni9lr1s7igz1cm9lx6x1-hello-1.0,/nix/store/zz4hrcxj1594ni9lr1s7igz1cm9lx6x1-libc',
  );
  // sha256 of nothing, in all three.
  const forms = [
    'sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73',
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
  ];
  const of = (narHash: string) => narFingerprint({ ...narInfo(), narHash })?.split(';')[2];
  expect(forms.map(of)).toEqual([forms[0], forms[0], forms[0]]);
  expect(of('md5:abc')).toBeUndefined();
});

test('base 32 of Nix', () => {
  expect(
    nixBase32(Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex')),
  ).toBe('0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73');
  expect(nixBase32(new Uint8Array())).toBe('');
});

test.each([
  ['by a trusted key', good, [nas.trusted], 'good'],
  ['by one of several', `${other.sign(narInfo())}${good}`, [nas.trusted], 'good'],
  [
    'wrong and right by two trusted ones',
    `Sig: other-1:${'A'.repeat(86)}==\n${good}`,
    [nas.trusted, other.trusted],
    'good',
  ],
  ['by nobody', '', [nas.trusted], 'unsigned'],
  ['by a key that nobody trusts', other.sign(narInfo()), [nas.trusted], 'untrusted'],
  ['where nobody is trusted', good, [], 'untrusted'],
  ['by another key of that name', keyNamed('nas-1').sign(narInfo()), [nas.trusted], 'bad'],
  ['too short', 'Sig: nas-1:abcd\n', [nas.trusted], 'bad'],
  ['no base 64', 'Sig: nas-1:?!\n', [nas.trusted], 'bad'],
  ['where the key is half of one', good, ['nas-1:AAAAA'], 'untrusted'],
  ['without a colon', 'Sig: nas-1\n', [nas.trusted], 'bad'],
  ['of another algorithm', good, [`nas-1:${Buffer.alloc(97).toString('base64')}`], 'unknown-kind'],
  ['of what is known by its contents', 'CA: text:sha256:abc\n', [nas.trusted], 'not-needed'],
])('signed %s', (_, signatures, trusted, state) => {
  expect(signatureOf(narInfo(signatures), trusted)).toBe(state);
});

test.each(['A', 'AAAAA', 'AAAAA=', 'AAA==', 'AA='])(
  'half of base 64, %s, is a signature that is wrong',
  (half) => {
    expect(signatureOf(narInfo(`Sig: nas-1:${half}\n`), [nas.trusted])).toBe('bad');
  },
);

test.each([
  'NarSize: 900113',
  'NarHash: sha256:0mdqa9w1p6cmli6976v4wi0sw9r4p5prkj7lzfd1877wk11c9c73',
  'NarHash: sha256:AAAAA',
  'References:',
])('with another %s the signature is wrong', (line) => {
  const name = line.split(':', 1)[0] ?? '';
  const info = parseNarInfo(text.replace(new RegExp(`^${name}:.*$`, 'm'), line) + good);
  expect(info && signatureOf(info, [nas.trusted])).toBe('bad');
});

test('a signature that Nix itself has made holds', () => {
  const signed = readFileSync(new URL('../fixtures/cache/signed.narinfo', import.meta.url), 'utf8');
  const key = 'lab-1:QAavoxlrIzg76UGURsZux9A5XEXgVpf1zlzoFWyrIKA=';
  const info = parseNarInfo(signed);
  expect(info && signatureOf(info, [key])).toBe('good');
});
