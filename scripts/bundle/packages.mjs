/** Whose code is in the bundles: packages with at least a byte of it, as `NAME VERSION` lines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `metafiles`: of esbuild, one a bundle. A package below another one is one of its own. */
export function packagesIn(metafiles, project) {
  const directories = metafiles
    .flatMap(({ outputs }) => Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs)))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0])
    .filter((directory) => directory !== undefined);
  const lines = [...new Set(directories)].map((directory) => {
    const { name, version } = JSON.parse(readFileSync(join(project, directory, 'package.json'), 'utf8'));
    return `${name} ${version}`;
  });
  return `${[...new Set(lines)].toSorted().join('\n')}\n`;
}
