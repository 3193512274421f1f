import { describe, expect, it } from 'vitest';
import { parseDerivation, parseRequirements } from '../../src/parse/derivation.ts';

const drv = '/nix/store/a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0-firefox-130.0.drv';
const input = (name: string) => `/nix/store/b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1b1-${name}.drv`;
/** As Nix 2.8 wrote one of the lab's, shortened. */
const lab =
  'Derive([("out","/nix/store/49v75mysvddsh327zi4fm2l2qcw5sj09-firefox-130.0","","")],' +
  `[("${input('lab-tools')}",["out"]),("${input('bash-5.2')}",["dev","out"])],` +
  '["/nix/store/3q9w8j7819xk4nydp4dchlij66b3znbf-default-builder.sh"],"x86_64-linux","/nix/store/d9-bash",' +
  '["-e","x"],[("buildCommand","echo \\"flags: -j$NIX_BUILD_CORES\\"\\nmake -c \'\\\\$x\'\\t\\\\"),' +
  '("name","firefox-130.0"),("pname","firefox"),("system","x86_64-linux")])';

describe('a .drv file', () => {
  it('tells inputs, pname and system', () => {
    expect(parseDerivation(drv, lab)).toEqual({
      drv,
      inputs: [input('lab-tools'), input('bash-5.2')],
      pname: 'firefox',
      system: 'x86_64-linux',
    });
  });

  it('may have no inputs, no pname, and values that look like one', () => {
    const text = 'Derive([],[],[],"builtin","b",[],[("a","(\\"pname\\",\\"x\\")"),("name","n")])';
    expect(parseDerivation(drv, text)).toEqual({ drv, inputs: [], pname: null, system: 'builtin' });
    expect(parseDerivation(drv, text.replace('[("a"', '[("pname","say \\"hi\\"\\n"),("a"'))?.pname).toBe(
      'say "hi"\n',
    );
  });

  it('may need outputs of outputs (dynamic derivations)', () => {
    const text = `DrvWithVersion("xp-dyn-drv",[("out","","","")],[("${input('x')}",(["out"],[("out",(["a"],[]))]))],[],"s","b",[],[])`;
    expect(parseDerivation(drv, text)?.inputs).toEqual([input('x')]);
  });

  it('is read as far as it goes where its end is cut off', () => {
    expect(parseDerivation(drv, lab.slice(0, lab.indexOf('"pname"')))).toMatchObject({
      inputs: [input('lab-tools'), input('bash-5.2')],
      pname: null,
    });
    expect(parseDerivation(drv, lab.slice(0, 200))).toBeNull();
  });

  it('is nothing, or a part, for every cut and every wrong character', () => {
    for (let at = 0; at < lab.length; at++) {
      for (const text of [lab.slice(0, at), lab.slice(at), `${lab.slice(0, at)}"${lab.slice(at)}`]) {
        const read = parseDerivation(drv, text);
        if (read !== null) expect(read.inputs).toHaveLength(2);
      }
    }
    for (const text of [
      '',
      'Derive(',
      '[[[[',
      `Derive(${'['.repeat(100_000)}`,
      `Derive(["${'\\'.repeat(99_999)}`,
    ])
      expect(parseDerivation(drv, text)).toBeNull();
  });

  it('of several hundred kB is passed over in one go', () => {
    const huge = `("a","${'x\\n\\"'.repeat(100_000)}")`;
    const text = lab.replace('[("buildCommand"', `[${huge},("buildCommand"`);
    expect(parseDerivation(drv, text)?.pname).toBe('firefox');
  });
});

describe('what a derivation wants of a machine', () => {
  it('by its environment, by structured attributes, and nothing', () => {
    expect(parseRequirements(lab)).toEqual({ system: 'x86_64-linux', features: [], prefersLocal: false });
    expect(parseRequirements(lab.replace('("system"', '("preferLocalBuild","1"),("system"'))).toMatchObject({
      prefersLocal: true,
    });
    const plain = lab.replace('("system"', '("requiredSystemFeatures","kvm  nixos-test"),("system"');
    expect(parseRequirements(plain)).toEqual({
      system: 'x86_64-linux',
      features: ['kvm', 'nixos-test'],
      prefersLocal: false,
    });
    const json =
      '("__json","{\\"requiredSystemFeatures\\":[\\"big-parallel\\"],\\"preferLocalBuild\\":true}"),';
    expect(parseRequirements(lab.replace('("buildCommand"', `${json}("buildCommand"`))).toEqual({
      system: 'x86_64-linux',
      features: ['big-parallel'],
      prefersLocal: true,
    });
  });

  it('is not known of what is empty, cut or no derivation', () => {
    for (const text of ['', 'x', lab.slice(0, -30), lab.slice(0, 200)])
      expect(parseRequirements(text)).toBeNull();
  });
});
