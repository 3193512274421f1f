/** Secrets that their form gives away, wherever they stand. Each expression reads a text once: nothing in it backs up far. */
import type { Take } from './kinds.ts';

const begins = '(?<![A-Za-z0-9_])';

/** By who gives them out: GitHub, GitLab, Slack, AWS, JSON web tokens (attic, cachix), age, and the like. */
const forms: readonly RegExp[] = [
  `${begins}gh[a-z]_[A-Za-z0-9]{16,255}`,
  `${begins}github_pat_[A-Za-z0-9_]{16,255}`,
  `${begins}gl[a-z]{2,6}-[A-Za-z0-9_-]{16,255}`,
  `${begins}xox[a-z]-[A-Za-z0-9-]{8,255}`,
  `${begins}xapp-[A-Za-z0-9-]{8,255}`,
  `${begins}(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}(?![0-9A-Za-z])`,
  `${begins}eyJ[A-Za-z0-9_-]{6,4096}\\.[A-Za-z0-9_-]{6,8192}(?:\\.[A-Za-z0-9_-]{0,4096}){0,3}`,
  `${begins}AGE-SECRET-KEY-1[0-9A-Z]{20,255}`,
  `${begins}AGE-PLUGIN-[0-9A-Z-]{20,512}`,
  `${begins}sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_-]{32,255}`,
  `${begins}[sr]k_(?:live|test)_[A-Za-z0-9]{16,255}`,
  `${begins}npm_[A-Za-z0-9]{30,255}`,
  `${begins}pypi-[A-Za-z0-9_-]{40,512}`,
  `${begins}hf_[A-Za-z0-9]{30,255}`,
  `${begins}AIza[0-9A-Za-z_-]{35}`,
  `${begins}ya29\\.[0-9A-Za-z_-]{20,1024}`,
  `${begins}SG\\.[A-Za-z0-9_-]{16,64}\\.[A-Za-z0-9_-]{16,128}`,
  `${begins}tskey-[A-Za-z0-9-]{10,255}`,
  `${begins}dop_v1_[a-f0-9]{32,128}`,
  `${begins}dckr_pat_[A-Za-z0-9_-]{16,128}`,
  `${begins}hv[sbr]\\.[A-Za-z0-9_-]{20,512}`,
  // crypt(5): what /etc/shadow and hashedPassword hold.
  String.raw`\$(?:1|2[abxy]|5|6|7|y|gy|sm3|argon2id?|argon2i)\$[./A-Za-z0-9$=,+-]{20,512}`,
].map((form) => new RegExp(form, 'g'));

/** Without one of these no form fits: most lines are looked at once. */
const hint =
  /gh[a-z]_|github_pat_|gl[a-z]{2,6}-|xox|xapp-|A(?:KIA|SIA|BIA|CCA)|eyJ|AGE-|sk-|[sr]k_|npm_|pypi-|hf_|AIza|ya29|SG\.|tskey-|dop_v1|dckr_|hv[sbr]\.|\$[1-7agsy]/;

/** `cache.example.org-1:` and the 64 bytes of an Ed25519 secret key. A public key has 32 and is no secret. */
const nixSecretKey = /(?<=[A-Za-z0-9_.+-]):[A-Za-z0-9+/]{86}==/g;

export function withoutTokens(line: string, take: Take): string {
  let text = line;
  if (text.includes('==')) {
    text = text.replace(nixSecretKey, (found) => `:${take('secret-key', found.slice(1))}`);
  }
  if (!hint.test(text)) return text;
  for (const form of forms) text = text.replace(form, (found) => take('token', found));
  return text;
}
