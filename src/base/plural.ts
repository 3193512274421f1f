/** A number with its noun. */

/** `1 build`, `5 builds`; `2 processes` where the plural is given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
