/** A machine log written as a Nix would: ids of a pid, past 2^53 too, counters of the goal tree, one document a line. */

export interface MadeLogOptions {
  /** Ids are `counter + (pid << 32)`. */
  readonly pid: number;
  /** The counter of the first activity. */
  readonly from?: number;
  /** What every record has besides: `sid` of Determinate Nix. */
  readonly also?: object;
}

type Fields = readonly (string | number)[];

export class MadeLog {
  readonly lines: string[] = [];
  private next: bigint;
  private readonly also: object;

  constructor({ pid, from = 0, also = {} }: MadeLogOptions) {
    this.next = (BigInt(pid) << 32n) + BigInt(from);
    this.also = also;
  }

  get text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  /** Returns the id. */
  start(type: number, text: string, fields?: Fields, level = 3, parent = '0'): string {
    const id = String(this.next);
    this.next += 1n;
    this.write({ action: 'start', id, level, parent, text, type, ...(fields && { fields }) });
    return id;
  }

  stop(...ids: readonly string[]): void {
    for (const id of ids) this.write({ action: 'stop', id });
  }

  result(id: string, type: number, ...fields: Fields): void {
    this.write({ action: 'result', fields, id, type });
  }

  payload(id: string, type: number, payload: object): void {
    this.write({ action: 'result', id, payload, type });
  }

  say(level: number, msg: string, more: object = {}): void {
    this.write({ action: 'msg', level, msg, ...more });
  }

  /** With colours and a position, as an error of Nix since 2.4. */
  error(raw: string, at: { file: string; line: number; column: number } | null = null): void {
    const msg = `\x1b[31;1merror:\x1b[0m ${raw.replaceAll('\n', '\n       ')}`;
    this.say(0, msg, { ...(at ?? { file: null, line: null, column: null }), raw_msg: raw });
  }

  /** No document at all. */
  plain(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  plan(drvs: readonly string[]): void {
    this.say(
      3,
      drvs.length === 1
        ? 'this derivation will be built:'
        : `these ${drvs.length} derivations will be built:`,
    );
    for (const drv of drvs) this.say(3, `  ${drv}`);
  }

  /** Ids are numbers in the log, too long for JavaScript's. */
  private write(record: object): void {
    const json = JSON.stringify({ ...record, ...this.also });
    this.lines.push(`@nix ${json.replace(/"(id|parent)":"(\d+)"/g, '"$1":$2')}`);
  }
}

export const madeDrv = (name: string) => `${madePath(name)}.drv`;
export const madePath = (name: string) => `/nix/store/${hashOf(name)}-${name}`;

/** 32 characters of Nix's alphabet, the same for the same name. */
function hashOf(name: string): string {
  const alphabet = '0123456789abcdfghijklmnpqrsvwxyz';
  let state = 7;
  for (const character of name) state = (state * 31 + character.charCodeAt(0)) % 1_000_003;
  return Array.from({ length: 32 }, () => {
    state = (state * 1_103 + 12_345) % 1_000_003;
    return alphabet[state % 32];
  }).join('');
}
