/** What a value of the file is for a key: the value in the key's unit, or what it should have been. */
import { parseAmount } from '../base/amount.ts';
import { nearestWord } from '../base/nearest.ts';
import type {
  AmountUnit,
  Bounds,
  SettingType,
  SettingValue,
  TableValue,
  TextType,
} from '../model/settings/setting.ts';
import { colorNames, emphasisNames, lookParameters, plainLook } from '../model/ui/tones.ts';
import { printable } from './printable.ts';
import type { TomlNode, TomlTable } from './toml.ts';

/** `line`: of what is wrong, in a list of many lines. */
export interface Wrong {
  readonly line: number;
  readonly cause: string;
}
/** `value` null: nothing of it can be used. With `wrongs` what is left of it may still hold. */
export interface ReadValue {
  readonly value: SettingValue | null;
  readonly wrongs: readonly Wrong[];
}

export function readValue(type: SettingType, node: TomlNode): ReadValue {
  const { line } = node;
  const wrong = (cause: string): ReadValue => ({ value: null, wrongs: [{ line, cause }] });
  switch (type.kind) {
    case 'switch':
      return isScalar(node, 'boolean')
        ? good(node.value)
        : wrong(`expected true or false, not ${shown(node)}`);
    case 'amount': {
      const value = amountOf(type.unit, node);
      const { least = 0, above, most, whole } = type.bounds;
      const within =
        value !== null && value <= most && (above === undefined ? value >= least : value > above);
      if (within && (whole !== true || Number.isInteger(value))) return good(value);
      return wrong(`expected ${boundsText(type.unit, type.bounds)}, not ${shown(node)}`);
    }
    case 'choice': {
      const { choices } = type;
      if (isScalar(node, 'string') && choices.includes(node.value)) return good(node.value);
      return wrong(`expected one of ${choices.join(', ')}, not ${shown(node)}${hint(node, choices)}`);
    }
    case 'look':
      return readLook(node);
    case 'choices':
      return readChoices(type, node);
    case 'text':
      // Empty: there is none, as usual.
      if (isScalar(node, 'string') && (node.value === '' || type.pattern.test(node.value)))
        return good(node.value);
      return wrong(`expected ${type.expected}, not ${shown(node)}`);
    case 'words': {
      const { example = '["command", "argument"]', each } = type;
      if (node.kind !== 'array') return wrong(`expected a list of words like ${example}, not ${shown(node)}`);
      const texts: string[] = [];
      for (const one of node.elements) {
        if (!isScalar(one, 'string') || one.value === '' || each?.pattern.test(one.value) === false) {
          const cause = `expected ${each?.expected ?? `words like ${example}`}, not ${shown(one)}`;
          return { value: null, wrongs: [{ line: one.line, cause }] };
        }
        texts.push(one.value);
      }
      return good(texts);
    }
    case 'tables':
      return readTables(type.keys, node);
  }
}

function good(value: SettingValue): ReadValue {
  return { value, wrongs: [] };
}

function readLook(node: TomlNode): ReadValue {
  if (isScalar(node, 'string') && lookParameters(node.value) !== null) return good(node.value);
  const known: readonly string[] = [...colorNames, ...emphasisNames, plainLook];
  const words = isScalar(node, 'string') ? node.value.trim().split(/\s+/) : [];
  const strange = words.find((word) => !known.includes(word));
  const near = strange === undefined ? null : nearestWord(strange, known);
  const meant = near === null ? '' : ` (did you mean ${near}?)`;
  const cause = `expected one of ${colorNames.join(', ')}, with any of ${emphasisNames.join(', ')}, or ${plainLook}, not ${shown(node)}${meant}`;
  return { value: null, wrongs: [{ line: node.line, cause }] };
}

function readChoices(
  { choices, known }: Extract<SettingType, { kind: 'choices' }>,
  node: TomlNode,
): ReadValue {
  const { line } = node;
  if (node.kind !== 'array')
    return {
      value: null,
      wrongs: [{ line, cause: `expected a list of ${choices.join(', ')}, not ${shown(node)}` }],
    };
  if (node.elements.length === 0)
    return { value: null, wrongs: [{ line, cause: 'an empty list says nothing' }] };
  const words: string[] = [];
  const wrongs: Wrong[] = [];
  for (const one of node.elements) {
    const name = isScalar(one, 'string') ? one.value : null;
    if (name === null || !choices.includes(name)) {
      const why = name !== null && known.includes(name) ? 'is not for this key' : 'is unknown';
      const which = `${shown(one)} ${why}${hint(one, choices)}`;
      wrongs.push({ line: one.line, cause: `${which}; it takes ${choices.join(', ')}` });
    } else if (words.includes(name)) wrongs.push({ line: one.line, cause: `${shown(one)} stands twice` });
    else words.push(name);
  }
  // Half a list is none: without its gentle steps it would be another ladder.
  return { value: wrongs.length === 0 ? words : null, wrongs };
}

function readTables(keys: Readonly<Record<string, TextType>>, node: TomlNode): ReadValue {
  const tables = node.kind === 'array' ? node.elements : null;
  const { line } = node;
  if (!tables?.every((one) => one.kind === 'table'))
    return { value: null, wrongs: [{ line, cause: `expected tables, not ${shown(node)}` }] };
  const [first = ''] = Object.keys(keys);
  const values: TableValue[] = [];
  const wrongs: Wrong[] = [];
  for (const table of tables) {
    const read = readTable(keys, table);
    wrongs.push(...read.wrongs);
    if (read.value === null) continue;
    const name = read.value[first];
    if (values.some((one) => one[first] === name))
      wrongs.push({ line: table.line, cause: `'${name}' stands twice; the second is left out` });
    else values.push(read.value);
  }
  return { value: values, wrongs };
}

function readTable(
  keys: Readonly<Record<string, TextType>>,
  { entries, line }: TomlTable,
): { readonly value: TableValue | null; readonly wrongs: readonly Wrong[] } {
  const wrongs: Wrong[] = [];
  const value: Record<string, string | null> = {};
  for (const [key, node] of entries)
    if (!Object.hasOwn(keys, key))
      wrongs.push({ line: node.line, cause: unknownKey(key, Object.keys(keys)) });
  let usable = true;
  for (const [key, { expected, pattern, optional }] of Object.entries(keys)) {
    const node = entries.get(key);
    if (node !== undefined && isScalar(node, 'string') && pattern.test(node.value)) value[key] = node.value;
    else if (node === undefined && optional === true) value[key] = null;
    else {
      usable = false;
      const cause =
        node === undefined
          ? `'${key}' is missing: ${expected}`
          : `${key}: expected ${expected}, not ${shown(node)}`;
      wrongs.push({ line: node?.line ?? line, cause });
    }
  }
  return { value: usable ? value : null, wrongs };
}

export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearestWord(key, known);
  return `unknown key '${printable(key)}' (${near === null ? `known: ${known.join(', ')}` : `did you mean ${near}?`})`;
}

/** In the row's unit; null: it is no such amount. */
function amountOf(unit: AmountUnit, node: TomlNode): number | null {
  if (isScalar(node, 'number')) return Number.isFinite(node.value) ? node.value : null;
  if (!isScalar(node, 'string')) return null;
  const text = node.value;
  switch (unit) {
    case 's':
    case 'ms':
    case 'bytes':
    case 'percent':
      return parseAmount(text, unit);
    case 'bytes per second':
      return parseAmount(text.replace(/\/s\s*$/, ''), 'bytes');
    default:
      return null;
  }
}

const unitNames: Readonly<Record<AmountUnit, string>> = {
  s: ' seconds, or a length like "30 s", "10 min"',
  ms: ' milliseconds, or a length like "500 ms", "2 s"',
  bytes: ' bytes, or a size like "512M", "4G"',
  'bytes per second': ' bytes a second, or a size like "512K", "4M"',
  percent: ' percent',
  ratio: '',
  times: '',
  'per second': ' a second',
  none: '',
};

function boundsText(unit: AmountUnit, { least = 0, above, most, whole }: Bounds): string {
  const number = whole === true ? 'a whole number from ' : '';
  const range = above === undefined ? `${least} to ${most}` : `more than ${above}, and at most ${most}`;
  return `${above === undefined ? number : ''}${range}${unitNames[unit]}`;
}

function isScalar<Kind extends 'string' | 'number' | 'boolean'>(
  node: TomlNode,
  kind: Kind,
): node is TomlNode & {
  readonly kind: 'scalar';
  readonly value: { string: string; number: number; boolean: boolean }[Kind];
} {
  return node.kind === 'scalar' && typeof node.value === kind;
}

function hint(node: TomlNode, words: readonly string[]): string {
  const near = isScalar(node, 'string') ? nearestWord(node.value, words) : null;
  return near === null ? '' : ` (did you mean ${near}?)`;
}

/** As it stands in the file, in one line and not without end. */
function shown(node: TomlNode): string {
  if (node.kind === 'table') return 'a table';
  if (node.kind === 'array') return 'a list';
  const { value } = node;
  if (value === null) return 'a date';
  return typeof value === 'string' ? `"${printable(value)}"` : String(value);
}
