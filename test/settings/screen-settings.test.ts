import { describe, expect, test } from 'vitest';
import { complaintText } from '../../src/model/settings/setting.ts';
import { usualColumnIds } from '../../src/model/ui/build-list.ts';
import { lookParameters, tones, usualLooks } from '../../src/model/ui/tones.ts';
import { parseSettings } from '../../src/settings/parse-settings.ts';
import { settingsInForce, usualSettings } from '../../src/settings/settings.ts';

function read(...texts: readonly string[]) {
  const parsed = texts.map((text, at) => parseSettings(text, `${at}.toml`));
  const complaints = parsed.flatMap((one) => one.complaints).map(complaintText);
  return { ...settingsInForce(parsed.map(({ given }) => given)).settings, complaints };
}

describe('what is said of the screen', () => {
  test('holds, and what is not said is as usual', () => {
    const { screen, colors, sampling, complaints } = read(
      '[screen]\ncolumns = ["resident", "name", "phase"]\nsort = "age"\ninverted = true\n[colors]\ndanger = "reverse magenta"\nmuted = "plain"\n[sampling]\ninterval = "2 s"\n',
    );
    expect(complaints).toEqual([]);
    expect(screen).toEqual({
      ...usualSettings.screen,
      ...{ columns: ['resident', 'name', 'phase'], sort: 'age', inverted: true },
    });
    expect(colors).toEqual({ ...usualLooks, danger: 'reverse magenta', muted: 'plain' });
    expect(sampling).toEqual({ interval: 2 });
  });

  test('the user wins over the machine, key by key', () => {
    const { screen, colors } = read(
      'screen.sort = "age"\nscreen.ascii = true\ncolors.ok = "blue"\ncolors.title = "blue"\n',
      'screen.sort = "cpu"\nscreen.color = "never"\ncolors.ok = "cyan"\n',
    );
    expect(screen).toMatchObject({ sort: 'cpu', ascii: true, color: 'never' });
    expect(colors).toMatchObject({ ok: 'cyan', title: 'blue' });
  });

  test('the usual columns written out are as usual', () => {
    expect(read(`screen.columns = ${JSON.stringify(usualColumnIds)}`).screen.columns).toBeNull();
  });

  test.each([
    [
      'screen.columns = ["name", "resdent"]',
      /0\.toml:1: screen\.columns: "resdent" is unknown \(did you mean resident\?\)/,
    ],
    ['screen.columns = ["cpu", "cpu"]', /"cpu" stands twice/],
    ['screen.columns = []', /an empty list says nothing/],
    ['screen.sort = "rss"', /screen\.sort: expected one of name, age, user, cpu, .*, not "rss"/],
    ['screen.sorts = "age"', /unknown key 'sorts' \(did you mean sort\?\)/],
    [
      'colors.danger = "bold rad"',
      /colors\.danger: expected one of black, red,.* not "bold rad" \(did you mean red\?\)/,
    ],
    ['colors.danger = "red blue"', /not "red blue"$/],
    ['colors.danger = "bold bold"', /not "bold bold"$/],
    ['colors.danger = ""', /not ""$/],
    ['colors.danger = 31', /not 31$/],
    ['colors.danger = "\\u001b[31m"', /not "\?\[31m"$/],
    ['colors.dangr = "red"', /\[colors\] unknown key 'dangr' \(did you mean danger\?\)/],
    ['sampling.interval = 0', /sampling\.interval: expected 0\.1 to 3600 seconds/],
  ])('%s', (text, complaint) => {
    const { complaints, ...settings } = read(`${text}\nclients.tools = ["mine"]`);
    expect(complaints).toEqual([expect.stringMatching(complaint)]);
    expect(settings).toEqual({ ...usualSettings, clients: { tools: ['mine'] } });
  });
});

describe('looks', () => {
  test.each([
    ['plain', ''],
    ['red', '31'],
    [' reverse  bold red ', '1;7;31'],
    ['underline white', '4;37'],
    ['bold', '1'],
    ['', null],
    ['plain red', null],
    ['constructor', null],
    ['31', null],
  ])('%j is %j', (look, parameters) => {
    expect(lookParameters(look)).toBe(parameters);
  });

  test('the usual ones are looks, and none of them is nothing', () => {
    for (const tone of tones) expect(lookParameters(usualLooks[tone])).toMatch(/^\d/);
  });

  test('without faint what was only faint is plain', () => {
    expect(lookParameters('faint', 'faint')).toBe('');
    expect(lookParameters('faint blue', 'faint')).toBe('34');
  });
});
