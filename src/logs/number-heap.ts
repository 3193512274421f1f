/** A queue of nodes, the one with the smallest key first; of equal keys the smaller node. */
export class NumberHeap {
  private readonly nodes: number[] = [];
  private readonly keys: Float64Array;

  /** `keys`: by node; a node's key must not change while it is in. */
  constructor(keys: Float64Array) {
    this.keys = keys;
  }

  get size(): number {
    return this.nodes.length;
  }

  push(node: number): void {
    const { nodes } = this;
    let at = nodes.length;
    nodes.push(node);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = nodes[above] as number;
      if (this.isBefore(other, node)) break;
      nodes[at] = other;
      at = above;
    }
    nodes[at] = node;
  }

  pop(): number | undefined {
    const { nodes } = this;
    const first = nodes[0];
    const last = nodes.pop();
    if (first === undefined || last === undefined || nodes.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= nodes.length) break;
      if (below + 1 < nodes.length && this.isBefore(nodes[below + 1] as number, nodes[below] as number))
        below += 1;
      const other = nodes[below] as number;
      if (this.isBefore(last, other)) break;
      nodes[at] = other;
      at = below;
    }
    nodes[at] = last;
    return first;
  }

  private isBefore(a: number, b: number): boolean {
    const keyA = this.keys[a] as number;
    const keyB = this.keys[b] as number;
    return keyA < keyB || (keyA === keyB && a < b);
  }
}
