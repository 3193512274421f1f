/** A flag's argument, checked: the value, or what it should have been. */

import { parseAmount } from '../base/amount.ts';
import { bytesText } from '../base/bytes.ts';
import { type ListenAddress, parseListenAddress } from '../base/listen-address.ts';
import { nearestWord } from '../base/nearest.ts';
import { fail, ok, type Result } from '../base/problem.ts';
import { isThresholdName, type Thresholds, thresholds } from '../diagnose/thresholds.ts';
import { type GuardLimits, parseLimits } from '../guard/limits.ts';
import { probeIds } from '../model/diagnosis/probe.ts';
import type { Argument, AskedProbe } from './table.ts';

/** Plain decimals: `1`, `0.5`, `.5`; no signs, exponents, hex or words. */
const decimal = /^(?:\d+(?:\.\d*)?|\.\d+)$/;

/** The Problem's `cause` is one clause: `expected 0.1 to 3600 seconds`. */
export function parseValue(
  argument: Argument,
  text: string,
): Result<
  | string
  | number
  | ListenAddress
  | Partial<Thresholds>
  | GuardLimits
  | readonly string[]
  | readonly AskedProbe[]
> {
  switch (argument.kind) {
    case 'seconds': {
      const value = decimal.test(text) ? Number(text) : Number.NaN;
      if (value >= argument.min && value <= argument.max) return ok(value);
      return fail('malformed', argument.name, `expected ${argument.min} to ${argument.max} seconds`);
    }
    case 'directory':
      return text === '' ? fail('malformed', argument.name, 'expected a directory') : ok(text);
    case 'file':
      return text === '' ? fail('malformed', argument.name, 'expected a file') : ok(text);
    case 'metrics-file':
      return text.endsWith('.prom') && !text.endsWith('/.prom')
        ? ok(text)
        : fail('malformed', argument.name, 'expected a file that ends in .prom, as collectors read them');
    case 'listen': {
      const address = parseListenAddress(text);
      if (address !== null) return ok(address);
      return fail(
        'malformed',
        argument.name,
        'expected an address and a port: 127.0.0.1:19977, [::1]:19977, 19977',
      );
    }
    case 'url': {
      const url = httpUrl(text);
      return url === null
        ? fail('malformed', argument.name, 'expected http://HOST:PORT or https://HOST, without ? and #')
        : ok(url);
    }
    case 'text':
      return text === '' || text.startsWith('-')
        ? fail('malformed', argument.name, 'expected a name')
        : ok(text);
    case 'time':
      // The rest is checked against the recording; `-10m` is a time, `--json` is the next option.
      if (text !== '' && !text.startsWith('--')) return ok(text);
      return fail('malformed', argument.name, 'expected a time: 03:28, 2026-11-20T03:28 or -10m');
    case 'length':
      return parseLength(argument, text);
    case 'generation':
      if (/^[1-9]\d{0,8}$/.test(text)) return ok(Number(text));
      return fail('malformed', argument.name, 'expected the number of a generation');
    case 'bytes': {
      const bytes = parseAmount(text, 'bytes');
      if (bytes !== null && bytes >= argument.min) return ok(bytes);
      return fail('malformed', argument.name, `expected at least ${bytesText(argument.min)}: 4G, 512M`);
    }
    case 'number': {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= argument.min && value <= argument.max) return ok(value);
      return fail('malformed', argument.name, `expected ${argument.min} to ${argument.max}`);
    }
    case 'threshold':
      return parseThreshold(argument.name, text);
    case 'limits': {
      const parsed = parseLimits(text);
      return parsed.ok ? ok(parsed.limits) : fail('malformed', argument.name, parsed.cause);
    }
    case 'names': {
      const names = text.split(',').map((name) => name.trim());
      return names.some((name) => name === '' || name.startsWith('-'))
        ? fail('malformed', argument.name, 'expected names, with commas between them')
        : ok([...new Set(names)]);
    }
    case 'probes':
      return parseProbes(argument.name, text);
    case 'choice':
      if (argument.choices.includes(text)) return ok(text);
      return fail('malformed', argument.name, `expected ${listOf(argument.choices)}`);
  }
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function httpUrl(text: string): string | null {
  if (!/^https?:\/\/[^\s?#]+$/i.test(text) || !URL.canParse(text)) return null;
  return new URL(text).href;
}

const units = {
  s: 'seconds',
  percent: 'percent',
  bytes: 'bytes',
  'bytes per second': 'bytes a second',
  'per second': 'times a second',
  times: 'times',
} as const;

const unitSec: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600 };

function parseLength(
  { name, min, max }: Extract<Argument, { readonly kind: 'length' }>,
  text: string,
): Result<number> {
  const [, amount, unit = ''] = /^(\d{1,6})([smh]?)$/.exec(text) ?? [];
  const seconds = amount === undefined ? Number.NaN : Number(amount) * (unitSec[unit] ?? Number.NaN);
  if (seconds >= min && seconds <= max) return ok(seconds);
  return fail('malformed', name, `expected a time from ${min}s to ${Math.round(max / 3600)}h: 5m`);
}

function parseThreshold(where: string, text: string): Result<Partial<Thresholds>> {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  if (!isThresholdName(name)) {
    const near = nearestWord(name, Object.keys(thresholds));
    return fail(
      'malformed',
      where,
      `expected the name of a threshold${near ? ` (did you mean ${near}?)` : ''}`,
    );
  }
  const value = text.slice(at + 1);
  if (at >= 0 && decimal.test(value) && Number(value) <= 1e15) return ok({ [name]: Number(value) });
  return fail('malformed', where, `expected ${name}=NUMBER, in ${units[thresholds[name].unit]}`);
}

/** `smart:sda,stack:4711`: what stands behind the first colon is the subject. */
function parseProbes(where: string, text: string): Result<readonly AskedProbe[]> {
  const asked: AskedProbe[] = [];
  for (const word of text.split(',')) {
    const [name = ''] = word.split(':', 1);
    const probe = probeIds.find((id) => id === name);
    if (probe === undefined) {
      const near = nearestWord(name, probeIds);
      return fail(
        'malformed',
        where,
        `expected ${near === null ? listOf(probeIds) : `${near}, not '${name}'`}`,
      );
    }
    asked.push({ probe, subject: word.length > name.length + 1 ? word.slice(name.length + 1) : null });
  }
  return ok(asked);
}
