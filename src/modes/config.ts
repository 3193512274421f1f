/** `nixpulse config`: the settings in force, each with its place, and what is wrong with their files. */
import { inForceJson, inForceText } from '../format/settings-in-force.ts';
import { unknownKey } from '../settings/read-value.ts';
import { type InForceGiven, settingsWithPlaces } from './in-force.ts';
import type { Given } from './mode.ts';
import { complaintLines } from './settings.ts';

interface ConfigGiven extends InForceGiven, Pick<Given, 'complain' | 'write'> {
  readonly invocation: InForceGiven['invocation'] & Pick<Given['invocation'], 'operand' | 'json'>;
}

/** Exit code: 1 where a file is wrong, 2 where KEY is no key. */
export async function runConfigMode(given: ConfigGiven): Promise<number> {
  const { operand, json } = given.invocation;
  const inForce = await settingsWithPlaces(given);
  const rows = operand === null ? inForce.rows : inForce.rows.filter(({ key }) => isBelow(key, operand));
  if (rows.length === 0) {
    given.complain(`'config': ${unknownKey(operand ?? '', nearOf(inForce.rows, operand ?? ''))}`);
    return 2;
  }
  const shown = { ...inForce, rows };
  await given.write(json ? inForceJson(shown) : inForceText({ ...shown, complaints: [] }, { whole: true }));
  for (const line of complaintLines(inForce)) given.complain(line);
  return inForce.complaints.length === 0 ? 0 : 1;
}

/** The key itself, or one of its section. */
function isBelow(key: string, operand: string): boolean {
  return key === operand || key.startsWith(`${operand}.`);
}

/** Sections, and the keys of the one that was named. */
function nearOf(rows: Parameters<typeof inForceText>[0]['rows'], operand: string): readonly string[] {
  const sections = new Set(rows.map(({ key }) => key.slice(0, key.lastIndexOf('.'))));
  const section = [...sections].filter((one) => operand.startsWith(`${one}.`)).at(-1);
  if (section === undefined) return [...sections];
  return rows.flatMap(({ key }) => (isBelow(key, section) ? [key] : []));
}
