/** A place in the text of a configuration, as an error names it. */

export interface Position {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

export interface TraceEntry extends Position {
  readonly text: string;
}
