import { expect, test } from 'vitest';
import { builderTroubleOf, saysNothing, tellingLine } from '../../src/parse/builder-words.ts';

const hungUp = "cannot open connection to remote store 'ssh-ng://box': error: unexpected end-of-file";

test.each([
  ['host-key', ['Host key for [127.0.0.1]:22 has changed and …', 'Host key verification failed.', hungUp]],
  ['host-key', ['No ED25519 host key is known for box and you have requested strict checking.']],
  ['login', ['Permission denied, please try again.', 'nix@box: Permission denied (publickey).', hungUp]],
  ['login', ['Received disconnect from 10.0.0.5: Too many authentication failures']],
  ['unreachable', ['ssh: connect to host box port 22: Connection refused', hungUp]],
  ['unreachable', ['Connection timed out during banner exchange']],
  ['unreachable', ['ssh: Could not resolve hostname box: Name or service not known']],
  ['unreachable', [hungUp]],
  ['unreachable', ["failed to start SSH connection to 'box'"]],
  ['untrusted', ['you are not privileged to build input-addressed derivations']],
  ['untrusted', ["cannot add path '/nix/store/x' because it lacks a signature by a trusted key"]],
  [
    'system',
    [
      "a 'aarch64-linux' with features {} is required to build '/x', but I am a 'x86_64-linux' with features {}",
    ],
  ],
  ['system', ["Cannot build '/x.drv'. Reason: platform mismatch Required system: 'aarch64-linux'"]],
  [
    'features',
    [
      "a 'x86_64-linux' with features {gpu} is required to build '/x', but I am a 'x86_64-linux' with features {}",
    ],
  ],
  [null, ['builder failed with exit code 1']],
  [null, []],
] as const)('%s: %j', (trouble, lines) => {
  expect(builderTroubleOf(lines)).toBe(trouble);
});

test('the line that tells, and lines that do not', () => {
  expect(tellingLine(['Please contact your admin', 'Host key verification failed.', hungUp])).toBe(
    'Host key verification failed.',
  );
  expect(tellingLine(['Warning: permanently added', hungUp])).toBe(hungUp);
  expect(tellingLine([])).toBeNull();
  expect(saysNothing([hungUp])).toBe(true);
  expect(saysNothing(['Connection refused', hungUp])).toBe(false);
});
