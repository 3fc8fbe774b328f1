// Sets the version of all packages, and what they ask of each other: node scripts/version.mjs 0.2.0.
// With --check it only fails where a package has another version.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const version = process.argv.at(-1);
const check = process.argv[2] === '--check';
if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) {
  console.error('Expected a version, e.g. node scripts/version.mjs 0.2.0');
  process.exit(2);
}

const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
for (const folder of ['.', ...workspaces]) {
  const file = join(root, folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  const internal = [manifest.dependencies, manifest.devDependencies]
    .flatMap((group) => Object.keys(group ?? {}).map((name) => ({ group, name })))
    .filter(({ name }) => name.startsWith('@nacre/'));
  if (check) {
    const found = [manifest.version, ...internal.map(({ group, name }) => group[name])];
    if (found.every((one) => one === version)) continue;
    console.error(
      `${folder}/package.json has ${[...new Set(found)].join(' and ')}, not ${version}`,
    );
    process.exitCode = 1;
  } else {
    manifest.version = version;
    for (const { group, name } of internal) group[name] = version;
    writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
}
