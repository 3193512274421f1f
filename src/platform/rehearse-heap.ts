/** Memory of the heap, taken before it is short. */

const pieceBytes = 4096;
const numberBytes = 8;
/** What some forty seconds of a rescue in a freeze take, when nothing is collected. */
const roomBytes = 6 << 20;
/** Both halves of the young generation (`--max-semi-space-size=2` in `bin/nixpulse`), twice. */
const youngBytes = 8 << 20;

/**
 * Room for what is to come: takes memory of both generations and lets it go again. After the next collection V8 has the
 * pages in its pool, and takes those before it asks the kernel for new ones. Some 10 ms.
 */
export function makeRoom(): void {
  const piece = (value: number) => new Array<number>(pieceBytes / numberBytes).fill(value);
  const old = Array.from({ length: roomBytes / pieceBytes }, (_, index) => piece(index));
  // What outlives two collections of the young generation comes into the old one.
  for (let bytes = 0; bytes < youngBytes; bytes += pieceBytes) old[0] = piece(bytes);
}
