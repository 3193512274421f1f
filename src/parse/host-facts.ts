/** Names of the system and its parts: os-release, cpuinfo, sysfs attributes, nix.conf. */

/** `PRETTY_NAME="NixOS 25.11 (Xantusia)"` of os-release(5): a shell assignment. */
export function parsePrettyName(text: string): string | null {
  const value = /^PRETTY_NAME=(.*)$/m.exec(text)?.[1]?.trim();
  if (value === undefined || value === '') return null;
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value;
  if (value.length < 2 || !value.endsWith(quote)) return null;
  const inner = value.slice(1, -1);
  return quote === "'" ? inner : inner.replace(/\\(["$\\`])/g, '$1');
}

/** `model name\t: AMD EPYC` of /proc/cpuinfo (x86; other architectures name it otherwise or not at all). */
export function parseCpuModel(text: string): string | null {
  const match = /^(?:model name|cpu model|cpu)\t+: (.+)\n/m.exec(text);
  return match?.[1] === undefined ? null : match[1].replace(/\s+/g, ' ').trim() || null;
}

/** How many CPUs a list such as `0-3,8` of /sys/devices/system/cpu/online names. */
export function parseCpuList(text: string): number | null {
  if (!text.endsWith('\n')) return null;
  let cpus = 0;
  for (const range of text.trim().split(',')) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(range);
    if (match === null) return null;
    const first = Number(match[1]);
    const last = match[2] === undefined ? first : Number(match[2]);
    if (last < first) return null;
    cpus += last - first + 1;
  }
  return cpus;
}

/** `build-dir = /var/tmp` of nix.conf(5) (Nix 2.22+): where the daemon builds. */
export function parseBuildDirectory(text: string): string | null {
  return /^\s*build-dir\s*=\s*(\/\S*)\s*$/m.exec(text)?.[1] ?? null;
}

const sizes: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `min-free = 1073741824` of nix.conf(5), bytes, or with one of `K`, `M`, `G`, `T`; 0 (none) and absent: null. */
export function parseMinFree(text: string): number | null {
  const [, number = '', unit = ''] = /^\s*min-free\s*=\s*(\d+)([KMGT]?)\s*$/im.exec(text) ?? [];
  const bytes = Number(number) * (sizes[unit.toUpperCase()] ?? 1);
  return bytes > 0 ? bytes : null;
}
