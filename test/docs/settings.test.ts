/** docs/settings.md and dist/config.toml are made from the table of settings. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exampleToml } from '../../src/format/settings-example.ts';
import { settingsReference } from '../../src/format/settings-reference.ts';
import { parseSettings } from '../../src/settings/parse-settings.ts';
import { settingRows } from '../../src/settings/rows.ts';
import { settingsInForce, usualSettings } from '../../src/settings/settings.ts';

const docs = new URL('../../docs/settings.md', import.meta.url);
const example = new URL('../../dist/config.toml', import.meta.url);
const read = (file: URL) => readFileSync(file, 'utf8');
const writes = process.env.UPDATE_GOLDEN === '1';

function current(document: string): string {
  return document.replace(
    /(<!-- settings: generated -->\n)[\s\S]*?(<!-- end -->)/,
    (_, begin: string, end: string) => `${begin}\n${settingsReference(settingRows, ['diagnose'])}\n\n${end}`,
  );
}

describe('docs/settings.md', () => {
  it('has every key as it is (UPDATE_GOLDEN=1 writes them)', () => {
    if (writes) writeFileSync(docs, current(read(docs)));
    expect(read(docs)).toBe(current(read(docs)));
  });

  it('shows a file that is right', () => {
    const [, toml = ''] = /```toml\n([\s\S]*?)```/.exec(read(docs)) ?? [];
    const { given, complaints } = parseSettings(toml, 'docs');
    expect(complaints).toEqual([]);
    expect([...given.keys()]).toContain('guard.units');
  });

  it('and complaints as they are', () => {
    const lines = [...read(docs).matchAll(/^nixpulse: (\S+config\.toml:.*)$/gm)].map(([, line]) => line);
    const text = '\n\nguard.rest = 30s\n\n\n[guard.rules.memory]\nful = 3\nactions = ["kil"]\n';
    const { complaints } = parseSettings(text, '/etc/nixpulse/config.toml');
    expect(lines).toEqual(complaints.map(({ file, line, cause }) => `${file}:${line}: ${cause}`));
  });
});

describe('dist/config.toml', () => {
  it('has every key as it is (UPDATE_GOLDEN=1 writes them)', () => {
    if (writes) writeFileSync(example, exampleToml(settingRows));
    expect(read(example)).toBe(exampleToml(settingRows));
    expect(
      Math.max(
        ...read(example)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
  });

  it('changes nothing as it is, and with all of it uncommented only the unit that it shows', () => {
    const { given, complaints } = parseSettings(read(example), 'example');
    expect({ given: given.size, complaints }).toEqual({ given: 0, complaints: [] });
    const all = parseSettings(read(example).replaceAll(/^# (?=\[\[|[\w-]+ = )/gm, ''), 'example');
    expect(all.complaints).toEqual([]);
    expect(all.given.size).toBe(settingRows.length);
    const { settings } = settingsInForce([all.given]);
    const units = [{ unit: 'nix-daemon.service', asks: '/nix/var/nix/daemon-socket/socket' }];
    expect(settings).toEqual({ ...usualSettings, guard: { ...usualSettings.guard, units } });
  });
});
