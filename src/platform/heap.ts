/** The heap: how much of it is used, its garbage, collected when asked, and what we ask of V8 while it runs. */
import { hrtime } from 'node:process';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import type { Collection } from './ports.ts';

interface Collecting {
  readonly gc?: (options: {
    readonly type: 'minor' | 'major';
    readonly flavor: 'regular' | 'last-resort';
  }) => void;
}

/**
 * Collects the heap's garbage, which V8 lets grow while there is room. Nothing where Node was started without
 * --expose-gc (`bin/nixpulse` has it).
 */
export function collectHeap(what: Collection = 'all'): void {
  // Called with `undefined`, V8 collects what is young alone.
  const type = what === 'young' ? 'minor' : 'major';
  const { gc } = globalThis as Collecting;
  if (what === 'close') room.length = 0;
  gc?.({ type, flavor: what === 'close' ? 'last-resort' : 'regular' });
  if (what !== 'close' || gc === undefined) return;
  takeRoom(() => gc({ type: 'minor', flavor: 'regular' }));
  if (codeHasRoom) takeRoomForCode();
  gc({ type, flavor: 'regular' });
}

/**
 * Room in the heap that has been used before: memory that V8 takes anew is a wait in a freeze, and what lives for some
 * seconds takes 256 kB every ten, more where there is more in all. Of each page something stays, for empty ones are given
 * back; the launcher's `--gc-experiment-less-compaction` leaves it there. docs/decisions/0011.
 */
const roomShare = 1 / 4;
const pieceBytes = 1024;
const stayingOf = 128;
/** What stays. */
const room: unknown[] = [];

function takeRoom(collectYoung: () => void): void {
  const length = (heapBytes() * roomShare) / pieceBytes;
  const pieces = Array.from({ length }, () => new Array(pieceBytes / 8 - 4).fill(0));
  // What survives twice is old.
  collectYoung();
  collectYoung();
  room.push(...pieces.filter((_, index) => index % stayingOf === 0));
}

/** 6 kB of machine code each, once it is called. */
const codePieces = 128;
const statementsOfPiece = 60;
const codeStayingOf = 16;

/** The same for machine code, which is made for some minutes as the dashboard runs: 700 kB, in 10 ms. */
function takeRoomForCode(): void {
  // Another text each time: V8 knows a text again.
  const since = hrtime.bigint();
  const body = 'a.b(a[c]);'.repeat(statementsOfPiece);
  setFlagsFromString('--always-sparkplug');
  const pieces = Array.from({ length: codePieces }, (_, index) => {
    // Not as a Script, which V8 remembers for good.
    const piece = new Function('a', `if (a) { ${body} } return '${since} ${index}'`) as () => string;
    piece();
    return piece;
  });
  setFlagsFromString('--no-always-sparkplug');
  room.push(...pieces.filter((_, index) => index % codeStayingOf === 0));
}

/**
 * Machine code for what runs often, straight from bytecode: a sixth less CPU in the long run, but 7 ms of the start,
 * so `bin/nixpulse` starts without. `withRoom`: for who must not wait in a freeze, the next `close` takes room for code.
 */
export function compileWhatRunsOften({ withRoom = false } = {}): void {
  compilesOften = true;
  codeHasRoom = withRoom;
  setFlagsFromString('--sparkplug');
}
let compilesOften = false;
let codeHasRoom = false;

/** Its code is memory taken anew: not while that has to be waited for. What is compiled stays so. */
export function restCompiling(rests: boolean): void {
  if (compilesOften) setFlagsFromString(rests ? '--no-sparkplug' : '--sparkplug');
}

/**
 * The optimizing compilers as well, for what computes for many seconds and watches nothing: a third of the time. Here they
 * have no thread of their own either (`--v8-pool-size=0`).
 */
export function compileWhatComputes(): void {
  setFlagsFromString('--sparkplug');
  setFlagsFromString('--maglev');
}

/** In use, garbage that was not collected yet included. */
export function heapBytes(): number {
  return getHeapStatistics().used_heap_size;
}
