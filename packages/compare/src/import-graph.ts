// Everything that a module runs: the modules that it imports, directly and through others. Results in the cache
// depend on this code, so they are kept under its hash.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { init, parse as parseModule } from 'es-module-lexer';

/** What a module runs. */
export interface ImportGraph {
  /** The module itself and all it imports, of this repository's packages: paths, sorted. */
  readonly modules: readonly string[];
  /** Installed packages that these import, as `name@version`, sorted. */
  readonly packages: readonly string[];
}

/**
 * Finds what a module imports: statically, dynamically by a literal name, and through other modules. Installed
 * packages are identified by their version instead.
 *
 * @param entry - the path of a module
 * @throws Error for an import that cannot be found, or whose name is computed
 */
export async function importGraph(entry: string): Promise<ImportGraph> {
  await init();
  const modules = new Set<string>();
  const packages = new Set<string>();
  const visit = async (file: string): Promise<void> => {
    if (modules.has(file)) return;
    modules.add(file);
    const [imports] = parseModule(await readFile(file, 'utf8'), file);
    for (const { type, specifier: name } of imports) {
      if (type === 'import-meta') continue;
      if (!name) throw new Error(`Expected imports of literal names in ${file}`);
      if (name.startsWith('node:')) continue;
      const target = resolve(name, file);
      if (isInstalled(target)) packages.add(await packageOf(target));
      else await visit(target);
    }
  };
  await visit(entry);
  return { modules: [...modules].sort(), packages: [...packages].sort() };
}

/**
 * Hashes everything that a module runs.
 *
 * @returns SHA-256, in hexadecimal
 */
export async function hashImports(entry: string): Promise<string> {
  const { modules, packages } = await importGraph(entry);
  const hash = createHash('sha256').update(packages.join());
  for (const file of modules) hash.update(await readFile(file));
  return hash.digest('hex');
}

function resolve(name: string, importer: string): string {
  if (/^\.\.?\//.test(name)) return fileURLToPath(new URL(name, pathToFileURL(importer)));
  // Links to the packages of this repository are followed.
  return createRequire(importer).resolve(name);
}

function isInstalled(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

async function packageOf(file: string): Promise<string> {
  for (let folder = dirname(file); folder !== parse(folder).root; folder = dirname(folder)) {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
    const { name, version } = JSON.parse(text) as { name?: string; version?: string };
    if (name && version) return `${name}@${version}`;
  }
  throw new Error(`Expected package.json above ${file}`);
}
