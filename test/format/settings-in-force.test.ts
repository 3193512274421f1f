import { describe, expect, test } from 'vitest';
import { inForceText } from '../../src/format/settings-in-force.ts';
import { parseSettings } from '../../src/settings/parse-settings.ts';
import { settingRows } from '../../src/settings/rows.ts';
import { settingsInForce } from '../../src/settings/settings.ts';

const file = '/etc/nixpulse/config.toml';
function shown(text: string): string {
  const { given, complaints } = parseSettings(text, file);
  return inForceText({ rows: settingRows, ...settingsInForce([given]), files: [file], complaints });
}

describe('what is in force', () => {
  test('each value with its place, and what is wrong', () => {
    const text = shown(
      '[guard]\nrest = 3\ncalm = 2h30\n[[guard.units]]\nunit = "a.service"\n[diagnose]\nidleSec = 120\n',
    );
    expect(text.split('\n').slice(0, 11)).toEqual([
      `# Read: ${file}`,
      `# wrong: ${file}:3: no TOML: it wants quotes, "2h30"`,
      '',
      '[guard]',
      'dry-run = true      # as usual',
      `rest = "3 s"        # ${file}:2`,
      'calm = "1 min"      # as usual',
      'hook = []           # as usual',
      'notify = false      # as usual',
      '',
      '[[guard.units]]',
    ]);
    expect(text).toContain(`[diagnose]\nidleSec = "2 min"  # ${file}:7\n`);
    expect(text).toMatch(/# \d+ more, as usual\n$/);
  });

  test('that there are no tables of a key is said', () => {
    expect(shown('')).toContain('\n# [[guard.units]]: none  # as usual\n');
  });

  test('read again it is the same', () => {
    const text = shown(
      '[guard]\nhook = ["a\\u007f\\"\\\\", "ä"]\nrest = "90 s"\n[[guard.units]]\nunit = "a.service"\nasks = "/run/x"\n[[guard.units]]\nunit = "b.socket"\n[guard.rules]\nmemory-delta.limit = 1000\nio.await = "250 ms"\n',
    );
    const again = parseSettings(text, file);
    expect(again.complaints).toEqual([]);
    expect(settingsInForce([again.given]).settings.guard).toEqual(
      settingsInForce([parseSettings(text, file).given]).settings.guard,
    );
    expect(shown(text).replaceAll(/ +#.*/g, '')).toBe(text.replaceAll(/ +#.*/g, ''));
    expect(settingsInForce([again.given]).settings.guard).toMatchObject({
      hook: ['a\x7f"\\', 'ä'],
      restSec: 90,
      units: [
        { unit: 'a.service', asks: '/run/x' },
        { unit: 'b.socket', asks: null },
      ],
      rules: { io: { numbers: { await: 250 } }, 'memory-delta': { numbers: { limit: 1000 } } },
    });
  });
});
