/** One key of config.toml, what it may be, what a file says of it, and what is wrong with a file: as data. */

export type AmountUnit =
  | 's'
  | 'ms'
  | 'bytes'
  | 'percent'
  | 'ratio'
  | 'times'
  | 'per second'
  | 'bytes per second'
  | 'none';

/** - `above`: it has to be more than that; `least` and `most` are allowed themselves. */
export interface Bounds {
  readonly least?: number;
  readonly above?: number;
  readonly most: number;
  /** Nothing between two whole numbers. */
  readonly whole?: true;
}

/** A text and what it has to be, where not any will do. */
export interface TextType {
  readonly kind: 'text';
  /** `the name of a unit`, `a URL, or the path of a socket`. */
  readonly expected: string;
  readonly pattern: RegExp;
  readonly optional?: true;
}

export type SettingType =
  | { readonly kind: 'switch' }
  | { readonly kind: 'amount'; readonly unit: AmountUnit; readonly bounds: Bounds }
  /** One of them. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** Some of them, each once; an empty list is none. `known`: words that exist, and that this key does not take. */
  | { readonly kind: 'choices'; readonly choices: readonly string[]; readonly known: readonly string[] }
  /** Empty where it usually is: there is none. */
  | TextType
  /** A colour and how it stands out: words of model/ui/tones.ts, or `plain`. */
  | { readonly kind: 'look' }
  /** A command and its words; may be empty. */
  | {
      readonly kind: 'words';
      /** One list that is right, in TOML. */
      readonly example?: string;
      /** Of each word; without it any. */
      readonly each?: { readonly expected: string; readonly pattern: RegExp };
    }
  /** `[[guard.units]]`: one table each, told apart by the first of its keys. */
  | {
      readonly kind: 'tables';
      readonly keys: Readonly<Record<string, TextType>>;
      /** One of them, for people to start from. */
      readonly example: Readonly<Record<string, string>>;
    };

/** A row of one of `tables`; null: an optional key that is not there. */
export type TableValue = Readonly<Record<string, string | null>>;
export type SettingValue = boolean | number | string | readonly string[] | readonly TableValue[];

export interface SettingRow {
  /** From the top: `guard.rules.memory.full`. */
  readonly key: string;
  readonly type: SettingType;
  /** What holds where no file says anything; amounts in the row's unit. */
  readonly usual: SettingValue;
  readonly help: string;
  /** Why this number. */
  readonly source?: string;
}

/** Where in a file, lines counted from 1; a flag, as typed, has no lines. */
export interface Place {
  readonly file: string;
  readonly line: number | null;
}

/** What a file says of one key. */
export interface GivenSetting {
  readonly value: SettingValue;
  readonly place: Place;
}

/** What is wrong, in one clause; `line` null: with the file as a whole. */
export interface Complaint {
  readonly file: string;
  readonly line: number | null;
  readonly cause: string;
}

/** `/etc/nixpulse/config.toml:12: unknown key 'ful' in [guard.rules.memory] (did you mean full?)`. */
export function complaintText({ file, line, cause }: Complaint): string {
  return `${file}${line === null ? '' : `:${line}`}: ${cause}`;
}
