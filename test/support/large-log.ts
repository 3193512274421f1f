/**
 * A large rebuild's log, made up: the shape of one that fetched 633 paths and built 20 with a million lines, of which 98
 * in 100 are progress (no parents, ids past 2^53, stops in another order than starts).
 */

export interface LargeLog {
  readonly fetches: number;
  /** Progress lines of each download. */
  readonly progress: number;
  readonly builds: number;
  readonly linesOfBuild: number;
}

/** 1,026,000 lines, 95 MB. */
export const millionLines: LargeLog = { fetches: 633, progress: 1_596, builds: 20, linesOfBuild: 357 };

/** Longer by so many times, with as much at once. */
export function times(log: LargeLog, factor: number): LargeLog {
  return { ...log, progress: log.progress * factor, linesOfBuild: log.linesOfBuild * factor };
}

const firstId = 11_780_004_371_230_000n;
const atOnce = 25;
export const cache = 'https://cache.example.org';
export const bytesEach = 1_000_000;
const hash = (i: number) => String(i).padStart(32, '0');
export const pathOf = (i: number) => `/nix/store/${hash(i)}-package-${i}`;
export const drvOf = (i: number) => `/nix/store/${hash(i)}-built-${i}.drv`;

/** In pieces of about 64 kB, as a pipe gives them. */
export function* largeLog(log: LargeLog): Generator<Uint8Array> {
  let text = '';
  for (const line of lines(log)) {
    text += `@nix ${line}\n`;
    if (text.length < 65_536) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

function* lines({ fetches, progress, builds, linesOfBuild }: LargeLog): Generator<string> {
  let id = firstId;
  const next = () => id++;
  const start = (at: bigint, type: number, text: string, fields: readonly unknown[]) =>
    `{"action":"start","fields":${JSON.stringify(fields)},"id":${at},"level":3,"text":${JSON.stringify(text)},"type":${type}}`;
  const bare = (at: bigint, type: number) =>
    `{"action":"start","id":${at},"level":0,"text":"","type":${type}}`;
  const result = (at: bigint, type: number, fields: readonly unknown[]) =>
    `{"action":"result","fields":${JSON.stringify(fields)},"id":${at},"type":${type}}`;
  const stop = (at: bigint) => `{"action":"stop","id":${at}}`;
  const say = (text: string) => JSON.stringify({ action: 'msg', level: 3, msg: text });

  yield say(`these ${builds} derivations will be built:`);
  for (let i = 0; i < builds; i++) yield say(`  ${drvOf(i)}`);
  yield say(`these ${fetches} paths will be fetched (603.68 MiB download, 1207.35 MiB unpacked):`);
  for (let i = 0; i < fetches; i++) yield say(`  ${pathOf(i)}`);
  const [realise, buildsId, copies] = [next(), next(), next()];
  yield bare(realise, 102);
  yield bare(buildsId, 104);
  yield bare(copies, 103);
  yield result(realise, 106, [101, fetches * bytesEach]);

  for (let first = 0; first < fetches; first += atOnce) {
    const group = Array.from({ length: Math.min(atOnce, fetches - first) }, (_, i) => ({
      path: pathOf(first + i),
      ids: [next(), next(), next()] as const,
    }));
    for (const { path, ids } of group) {
      const url = `${cache}/nar/${path.slice(11, 43)}.nar.xz`;
      yield start(ids[0], 108, '', [path, cache]);
      yield start(ids[1], 100, `copying path '${path}' from '${cache}'`, [path, cache, 'local']);
      yield start(ids[2], 101, `downloading '${url}'`, [url]);
    }
    for (let step = 1; step <= progress; step++) {
      const bytes = Math.floor((bytesEach * step) / progress);
      for (const { ids } of group) yield result(ids[step % 2 === 0 ? 1 : 2], 105, [bytes, bytesEach, 0, 0]);
    }
    let done = first;
    for (const { ids } of group.reverse()) {
      yield result(ids[2], 105, [bytesEach, bytesEach, 0, 0]);
      yield result(copies, 105, [++done, fetches, 1, 0]);
      for (const at of [ids[2], ids[1], ids[0]]) yield stop(at);
    }
  }

  for (let i = 0; i < builds; i++) {
    const at = next();
    yield start(at, 105, `building '${drvOf(i)}'`, [drvOf(i), '', 1, 1]);
    for (const phase of [
      'unpackPhase',
      'configurePhase',
      'buildPhase',
      'checkPhase',
      'installPhase',
      'fixupPhase',
    ])
      yield result(at, 104, [phase]);
    for (let line = 0; line < linesOfBuild; line++)
      yield result(at, 101, [
        line % 12 === 0 ? `\u001b[1m[${line}]\u001b[0m ${'compiling '.repeat(120)}` : `[${line}] CC main.o`,
      ]);
    yield result(buildsId, 105, [i + 1, builds, 0, 0]);
    yield stop(at);
  }
  for (const at of [copies, buildsId, realise]) yield stop(at);
}
