/** What deploy-rs and colmena say of the steps they take. */
import type { KnownMessage } from '../../model/advice/known-message.ts';
import { advise, because, run, runAsRoot, seen, where } from './entry.ts';

export const deployTools: readonly KnownMessage[] = [
  {
    id: 'deploy-rs-not-confirmed',
    from: 'deploy-rs',
    rank: 'cause',
    wordings: [
      seen(
        /Timeout elapsed for confirmation/,
        '⭐ ❌ [activate] [ERROR] Error waiting for confirmation event: Timeout elapsed for confirmation',
        'serokell/deploy-rs#68',
      ),
    ],
    title: 'the target went back to the old generation, since the deployment was not confirmed in time',
    causes: [
      because(
        'after the switch the target could not be reached: its network, its firewall or sshd are other than before',
        'ssh HOST true',
        advise('compare network, firewall and users.users of the two generations; the old one runs again'),
      ),
      because(
        'the activation took longer than the time for it (30 s to confirm, 240 s to activate)',
        null,
        run('allow more', 'deploy --confirm-timeout 120 --activation-timeout 600 .#NODE'),
        run(
          'do not go back by itself',
          'deploy --magic-rollback false .#NODE',
          'a target that cannot be reached any more stays so',
        ),
      ),
    ],
    brings: ['deploy-rs-failed', 'deploy-rs-activation', 'ssh-connection-lost'],
  },
  {
    id: 'deploy-rs-activation',
    from: 'deploy-rs',
    rank: 'symptom',
    wordings: [
      seen(
        /The activation script resulted in a bad exit code: (?:Some\((?<code>-?\d+)\)|None)/,
        '⭐ ❌ [activate] [ERROR] The activation script resulted in a bad exit code: Some(4)',
        'serokell/deploy-rs#241',
      ),
    ],
    title: 'the activation on the target failed',
    causes: [
      where(
        { code: /^4$/ },
        because(
          'a unit did not start; the rest of the system is switched',
          'ssh HOST systemctl --failed',
          runAsRoot('on the target: read why', 'journalctl -b -p err -n 100 --no-pager'),
        ),
      ),
      because(
        'a step of switch-to-configuration failed: what it says stands above this line',
        'ssh HOST journalctl -t nixos -n 50 --no-pager',
        advise('read what stands above the first line with [ERROR]'),
      ),
    ],
    brings: ['deploy-rs-failed'],
  },
  {
    id: 'deploy-rs-no-old',
    from: 'deploy-rs',
    rank: 'symptom',
    wordings: [
      seen(
        /Failed to run command for re-activating the last generation: (?<said>[^\n]+)/,
        'ERROR [activate] Error de-activating due to another error waiting for confirmation, oh no...: Failed to run command for re-activating the last generation: No such file or directory (os error 2)',
        'serokell/deploy-rs#86',
      ),
    ],
    title: 'the target could not go back to its old generation: {said}',
    causes: [
      because(
        'the generation before was not made by deploy-rs, so it has no deploy-rs-activate',
        'ssh HOST ls -l /nix/var/nix/profiles/system/deploy-rs-activate',
        runAsRoot(
          'on the target: activate it by hand',
          '/nix/var/nix/profiles/system/bin/switch-to-configuration switch',
          'units restart',
        ),
      ),
    ],
    brings: ['deploy-rs-failed'],
  },
  {
    id: 'deploy-rs-failed',
    from: 'deploy-rs',
    rank: 'consequence',
    wordings: [
      seen(
        /(?:Activating|Waiting|Revoking|Confirming activation) over SSH resulted in a bad exit code(?: \(the server should roll back\))?: (?:Some\((?<code>-?\d+)\)|None)/,
        '🚀 ❌ [deploy] [ERROR] Failed to deploy profile: Activating over SSH resulted in a bad exit code: Some(1)',
        'serokell/deploy-rs#58',
      ),
      seen(
        /Deployment (?:to node \S+ )?failed, rolled back to previous generation/,
        '🚀 ❌ [deploy] [ERROR] Deployment failed, rolled back to previous generation',
        'serokell/deploy-rs#241',
      ),
    ],
    title: 'deploy-rs gave up and took back what it had done',
    causes: [
      because(
        'a step on the target failed: what it said stands above',
        null,
        run('run it again with all it says', 'deploy --debug-logs .#NODE'),
      ),
    ],
  },
  {
    id: 'colmena-keys',
    from: 'colmena',
    rank: 'symptom',
    wordings: [
      seen(
        /Key upload failed: (?<said>[^\n]+)/,
        'kif | Key upload failed: Child process exited with error code: 255',
        'nix-community/colmena#124',
      ),
    ],
    title: 'the keys of a node could not be uploaded: {said}',
    causes: [
      where(
        { said: /No such file|error code: (?!255)/ },
        because(
          'a file that deployment.keys names does not exist here, or its command fails',
          null,
          advise('try each keyFile and keyCommand of the node by hand, as the user that runs colmena'),
        ),
      ),
      because(
        'ssh could not log in (255), or the user is not root and may not write there',
        'ssh HOST id',
        advise('set deployment.targetUser to root, or deployment.privilegeEscalationCommand'),
      ),
    ],
    brings: ['colmena-step'],
  },
  {
    id: 'colmena-step',
    from: 'colmena',
    rank: 'consequence',
    wordings: [
      seen(
        /Failed to push system closure to (?<node>\S+)/,
        'ERROR Failed to push system closure to web1 - Last 6 lines of logs:',
        'nix-community/colmena#330',
      ),
      seen(
        /Child process (?:exited with error code: (?<code>\d+)|was killed by signal (?<signal>\d+))/,
        '[ERROR] Operation failed with error: Child process exited with error code: 255',
        'nix-community/colmena#124',
      ),
    ],
    title: 'a program that colmena started failed',
    causes: [
      because(
        'what it said stands in the lines marked stderr)',
        null,
        run('run it again with all it says', 'colmena apply --verbose --on NODE'),
      ),
    ],
  },
];
