/** A service of systemd has no HOME; who it runs as has one all the same. */
import { userInfo } from 'node:os';

type Environment = Readonly<Record<string, string | undefined>>;

/** With HOME as passwd(5) has it, where there was none. */
export function withHome(environment: Environment, homeOf = () => userInfo().homedir): Environment {
  if (environment.HOME) return environment;
  try {
    return { ...environment, HOME: homeOf() };
  } catch {
    // Nobody that passwd knows.
    return environment;
  }
}
