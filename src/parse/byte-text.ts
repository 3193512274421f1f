/** Sizes as Nix prints them. */

const units: Readonly<Record<string, number>> = {
  B: 1,
  bytes: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** `12.50 MiB`, `4.5 GiB`, `512 bytes` as bytes; null for anything else. Below zero is zero. */
export function bytesOfText(text: string): number | null {
  const match = /^(-?[\d.]+) ([A-Za-z]+)$/.exec(text.trim());
  const unit = units[match?.[2] ?? ''];
  const amount = Number(match?.[1]);
  return unit === undefined || !Number.isFinite(amount) ? null : Math.max(0, Math.round(amount * unit));
}
