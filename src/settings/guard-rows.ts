/** `[guard]`: a row for each field of its settings, and for each rule and number of the table of rules. */
import {
  defaultGuardSettings,
  type GuardedUnit,
  type GuardNumber,
  type GuardRuleSettings,
  type GuardSettings,
  guardRuleTable,
} from '../guard/settings.ts';
import { type GuardAction, guardActions, guardRuleIds } from '../model/guard/guard.ts';
import type { Bounds, SettingRow, SettingType, SettingValue } from '../model/settings/setting.ts';

interface FieldRow {
  /** As it stands in the file. */
  readonly key: string;
  readonly type: SettingType;
  readonly help: string;
}

const day = 86_400;
const unitName = /^(?!-)[\w:.\\@-]+\.(?:service|socket|mount|automount|swap|target|timer|path|slice|scope)$/;

/** A field that is missing here is an error of types. */
const fields: { readonly [Field in Exclude<keyof GuardSettings, 'rules'>]: FieldRow } = {
  dryRun: {
    key: 'dry-run',
    type: { kind: 'switch' },
    help: 'Only tell what would be done. A fresh install does: look at its acts for some days, then arm it.',
  },
  restSec: {
    key: 'rest',
    type: { kind: 'amount', unit: 's', bounds: { least: 1, most: day } },
    help: 'After an act, its own or one of another guard of memory, nothing is done for so long: what was done has to show first.',
  },
  calmSec: {
    key: 'calm',
    type: { kind: 'amount', unit: 's', bounds: { least: 1, most: day } },
    help: 'A rule that has been calm for so long begins with its gentlest action again, and what it did is undone.',
  },
  units: {
    key: 'units',
    type: {
      kind: 'tables',
      keys: {
        unit: {
          kind: 'text',
          expected: 'the whole name of a unit, like nix-daemon.service',
          pattern: unitName,
        },
        asks: {
          kind: 'text',
          expected: 'a URL (http, https), or the path of a socket',
          pattern: /^(?:https?:\/\/[^\s/]+\S*|\/\S+)$/,
          optional: true,
        },
      },
      example: { unit: 'nix-daemon.service', asks: '/nix/var/nix/daemon-socket/socket' },
    },
    help: 'Units that are kept up, by the rule `unit`. `asks` says how to see that one answers: a URL (any answer below 500), or a socket that takes a connection.',
  },
  hook: {
    key: 'hook',
    type: { kind: 'words' },
    help: 'A command that is run after each act, with the act in its environment (NIXPULSE_…); empty: none.',
  },
  notify: {
    key: 'notify',
    type: { kind: 'switch' },
    help: 'Notify the desktops of who is logged in.',
  },
};

/** What a number may be follows from its unit; 0 only where the usual one is 0 and means that there is no limit. */
function boundsOf({ unit, value }: GuardNumber): Bounds {
  const from = value === 0 ? { least: 0 } : { above: 0 };
  switch (unit) {
    case 'percent':
      return { ...from, most: 100 };
    case 's':
      return { ...from, most: 30 * day };
    case 'ms':
      return { ...from, most: 3_600_000 };
    case 'bytes':
      return { ...from, most: 2 ** 50 };
    case 'ratio':
      return { least: 1, most: 1000 };
    case 'none':
      return { least: 0, most: 1000, whole: true };
  }
}

export const guardRows: readonly SettingRow[] = [
  ...Object.entries(fields).map(([field, { key, type, help }]) => ({
    key: `guard.${key}`,
    type,
    usual: usualOf(defaultGuardSettings[field as keyof typeof fields]),
    help,
  })),
  ...guardRuleIds.flatMap(ruleRows),
];

function usualOf(value: GuardSettings[keyof typeof fields]): SettingValue {
  if (typeof value !== 'object') return value;
  return value.length === 0 ? [] : (value as SettingValue);
}

function ruleRows(rule: (typeof guardRuleIds)[number]): readonly SettingRow[] {
  const { numbers, forSec, actions, may, help } = guardRuleTable[rule];
  const { enabled } = defaultGuardSettings.rules[rule];
  const at = `guard.rules.${rule}`;
  return [
    { key: `${at}.enabled`, type: { kind: 'switch' }, usual: enabled, help },
    ...Object.entries(numbers as Readonly<Record<string, GuardNumber>>).map(([name, number]) => ({
      key: `${at}.${name}`,
      type: { kind: 'amount', unit: number.unit, bounds: boundsOf(number) } as const,
      usual: number.value,
      help: number.help,
      source: number.source,
    })),
    {
      key: `${at}.for`,
      type: { kind: 'amount', unit: 's', bounds: { least: 0, most: 30 * day } },
      usual: forSec,
      help: 'It acts when all of it has held for so long.',
    },
    {
      key: `${at}.actions`,
      type: { kind: 'choices', choices: may, known: guardActions },
      usual: actions,
      help: 'What it does: the first, and the next one when the one before did not help.',
    },
  ];
}

/** By the name without its section. */
export function guardSettingsOf(values: ReadonlyMap<string, SettingValue>): GuardSettings {
  const of = <Value extends SettingValue>(key: string, usual: Value) => (values.get(key) ?? usual) as Value;
  const usual = defaultGuardSettings;
  const units = values.get(fields.units.key) as readonly GuardedUnit[] | undefined;
  return {
    dryRun: of(fields.dryRun.key, usual.dryRun),
    restSec: of(fields.restSec.key, usual.restSec),
    calmSec: of(fields.calmSec.key, usual.calmSec),
    units: units ?? usual.units,
    hook: of(fields.hook.key, usual.hook),
    notify: of(fields.notify.key, usual.notify),
    rules: Object.fromEntries(
      guardRuleIds.map((rule) => [rule, ruleSettings(rule)]),
    ) as unknown as GuardSettings['rules'],
  };

  function ruleSettings(rule: (typeof guardRuleIds)[number]): GuardRuleSettings {
    const { enabled, forSec, actions, numbers } = usual.rules[rule];
    const at = (name: string) => `rules.${rule}.${name}`;
    return {
      enabled: of(at('enabled'), enabled),
      forSec: of(at('for'), forSec),
      actions: of(at('actions'), actions) as readonly GuardAction[],
      numbers: Object.fromEntries(
        Object.entries<number>(numbers).map(([name, value]) => [name, of(at(name), value)]),
      ),
    } as GuardRuleSettings;
  }
}
