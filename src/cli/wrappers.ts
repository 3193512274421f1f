/** Programs that start another one: what of their words is theirs, so that the other one is found. */

export interface Wrapper {
  readonly names: readonly string[];
  /** Short options with an argument. */
  readonly letters: string;
  /** Long options whose argument is a word of its own. */
  readonly long: readonly string[];
  /** `NAME=value` before the program. */
  readonly assigns: boolean;
}

const row = (names: string, letters = '', long = '', assigns = false): Wrapper => ({
  names: names.split(' '),
  letters,
  long: long.split(' ').filter(Boolean),
  assigns,
});

/** sudo(8), doas(1), run0(1), env(1), nice(1), ionice(1), systemd-run(1) and others of their kind. */
export const wrappers: readonly Wrapper[] = [
  row(
    'sudo',
    'CDghpRrTtUu',
    '--close-from --chdir --group --host --prompt --chroot --role --command-timeout --type --other-user --user',
    true,
  ),
  row('doas', 'Cu'),
  row(
    'run0',
    'ugD',
    '--user --group --chdir --nice --unit --property --slice --setenv --background --machine --shell-prompt-prefix',
  ),
  row('env', 'uC', '--unset --chdir', true),
  row('nice', 'n', '--adjustment'),
  row('ionice', 'cn', '--class --classdata'),
  row(
    'systemd-run',
    'HMupE',
    '--host --machine --unit --property --description --slice --service-type --uid --gid --nice --setenv ' +
      '--working-directory --background',
  ),
  row('systemd-inhibit', '', '--what --who --why --mode'),
  row('caffeinate', 'tw'),
  row('chrt', 'TPD', '--sched-runtime --sched-period --sched-deadline'),
  row('stdbuf', 'ioe', '--input --output --error'),
  row('time', 'fo', '--format --output'),
  row('nohup setsid unbuffer'),
];
