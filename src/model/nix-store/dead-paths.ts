/**
 * Which store paths nothing keeps alive, from the database's rows and the collector's roots: the same
 * question that `nix-store --gc --print-dead` answers while it holds the collector's lock.
 */

export interface StoreRow {
  readonly path: string;
  readonly narSize: number | null;
  readonly deriver: string | null;
  readonly references: readonly string[];
}

export interface KeepRules {
  /** `keep-derivations`: the derivation of a live path lives. Nix's default is true. */
  readonly derivations: boolean;
  /** `keep-outputs`: the outputs of a live derivation live. Nix's default is false. */
  readonly outputs: boolean;
}

export interface StoreGraph {
  add(row: StoreRow): void;
  readonly paths: number;
  readonly bytes: number;
  /** NAR size; null for a path that is no row. */
  sizeOf(path: string): number | null;
  dead(roots: Iterable<string>, keep: KeepRules): { readonly paths: number; readonly bytes: number };
}

/**
 * A store path as a number: the first 10 characters of its hash, 50 of its 160 bits. A hundred thousand
 * paths collide with a chance of 1 to 200,000, and then a sum is off by one path. Null for other text.
 */
export function pathKey(path: string): number | null {
  let key = 0;
  const start = path.lastIndexOf('/') + 1;
  for (let i = start; i < start + 10; i += 1) {
    const digit = digits.indexOf(path[i] ?? ' ');
    if (digit < 0) return null;
    key = key * 32 + digit;
  }
  return key;
}
const digits = '0123456789abcdfghijklmnpqrsvwxyz';

/** Small on purpose (numbers, one list of edges): a store has some hundred thousand paths. */
export function createStoreGraph(): StoreGraph {
  const places = new Map<number, number>();
  const sizes: number[] = [];
  const valid: boolean[] = [];
  /** Edges of row n are those from starts[n] to the next row's; rows come in any order. */
  const rows: number[] = [];
  const starts: number[] = [];
  const edges: number[] = [];
  const derivers: number[] = [];
  let paths = 0;
  let bytes = 0;

  function placeOf(path: string): number | null {
    const key = pathKey(path);
    if (key === null) return null;
    const known = places.get(key);
    if (known !== undefined) return known;
    const place = sizes.length;
    places.set(key, place);
    sizes.push(0);
    valid.push(false);
    return place;
  }

  return {
    add({ path, narSize, deriver, references }) {
      const place = placeOf(path);
      if (place === null || valid[place] === true) return;
      valid[place] = true;
      sizes[place] = narSize ?? 0;
      paths += 1;
      bytes += narSize ?? 0;
      rows.push(place);
      starts.push(edges.length);
      derivers.push(deriver === null ? -1 : (placeOf(deriver) ?? -1));
      for (const reference of references) {
        const target = placeOf(reference);
        if (target !== null && target !== place) edges.push(target);
      }
    },
    sizeOf(path) {
      const key = pathKey(path);
      const place = key === null ? undefined : places.get(key);
      return place === undefined || valid[place] !== true ? null : (sizes[place] ?? null);
    },
    get paths() {
      return paths;
    },
    get bytes() {
      return bytes;
    },
    dead(roots, keep) {
      const rowOf = new Int32Array(sizes.length).fill(-1);
      for (const [row, place] of rows.entries()) rowOf[place] = row;
      const outputs = keep.outputs ? outputsOf(rows, derivers) : null;
      const live = new Uint8Array(sizes.length);
      const open: number[] = [];
      const enter = (place: number | undefined): void => {
        if (place === undefined || place < 0 || live[place] === 1 || valid[place] !== true) return;
        live[place] = 1;
        open.push(place);
      };
      for (const root of roots) {
        const key = pathKey(root);
        if (key !== null) enter(places.get(key));
      }
      let livePaths = 0;
      let liveBytes = 0;
      for (let place = open.pop(); place !== undefined; place = open.pop()) {
        livePaths += 1;
        liveBytes += sizes[place] ?? 0;
        const row = rowOf[place] ?? -1;
        const end = starts[row + 1] ?? edges.length;
        for (let edge = starts[row] ?? end; edge < end; edge += 1) enter(edges[edge]);
        if (keep.derivations) enter(derivers[row]);
        for (const output of outputs?.get(place) ?? []) enter(output);
      }
      return { paths: paths - livePaths, bytes: bytes - liveBytes };
    },
  };
}

function outputsOf(rows: readonly number[], derivers: readonly number[]): Map<number, number[]> {
  const outputs = new Map<number, number[]>();
  for (const [row, place] of rows.entries()) {
    const deriver = derivers[row] ?? -1;
    if (deriver < 0) continue;
    const known = outputs.get(deriver);
    if (known === undefined) outputs.set(deriver, [place]);
    else known.push(place);
  }
  return outputs;
}
