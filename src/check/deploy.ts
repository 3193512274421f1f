/** The items of `check deploy`, in the order in which a deployment meets them. */
import type { CheckItem } from '../model/advice/check.ts';
import type { DeployFacts } from '../model/advice/deploy-facts.ts';
import { reached } from './deploy/reached.ts';
import { unseen } from './unseen.ts';

export function deployItems({ host, reach }: DeployFacts): readonly CheckItem[] {
  return [reach.ok ? reached(host, reach.value) : unseen('ssh', host, reach.problem)];
}
