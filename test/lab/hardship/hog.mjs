/** `hog.mjs MB MB-PER-SECOND`: after a line on stdin it grows to its size and touches every page for ever. */
process.title = 'nixpulse-hog';
const [, , size = '64', perSec = size] = process.argv;
const blockMB = 4;
const blocks = [];
process.stdin.once('data', () => {
  const startedMs = Date.now();
  const work = () => {
    const due = Math.min(Number(size), ((Date.now() - startedMs) / 1000 + 1) * Number(perSec));
    if (blocks.length * blockMB + blockMB <= due) blocks.push(Buffer.alloc(blockMB << 20, blocks.length + 1));
    const untilMs = Date.now() + 20;
    for (const block of blocks) {
      for (let at = 0; at < block.length; at += 4096) block[at] += 1;
      if (Date.now() > untilMs) blocks.push(blocks.shift());
    }
    setTimeout(work, 1);
  };
  work();
});
