// What results depend on besides image and quality: the code that measures, and each codec with its
// version and settings. Whatever changes here makes the cache measure anew.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadModel } from '@nacre/node';
import sharp from 'sharp';
import { type CodecName, describeSharpCodec } from './codecs.js';

/** The modules of this package that decide what a measurement comes to. */
const MEASURING = [
  'butteraugli',
  'codecs',
  'crops',
  'measure',
  'metrics',
  'ms-ssim',
  'quality-search',
  'worker',
];

const require = createRequire(import.meta.url);

/** A codec in words for people, and as all that its files and images depend on. */
export interface CodecIdentity {
  readonly name: CodecName;
  readonly description: string;
  readonly identity: unknown;
}

/**
 * Identifies a codec as it is installed here.
 *
 * @param name - the codec
 * @param model - for Nacre, the id or folder of the model; by default the shipped one
 * @throws what loadModel throws
 */
export async function identify(name: CodecName, model?: string): Promise<CodecIdentity> {
  if (name !== 'nacre') return { name, ...describeSharpCodec(name) };
  const { description } = await loadModel({ model, threads: 1 });
  return {
    name,
    description: `model ${description.id}, ${description.name}`,
    identity: [description, await codeOf('@nacre/codec'), await codeOf('@nacre/node')],
  };
}

/** SHA-256 over the code that reads images and measures, and the version of sharp. */
export async function measuringCode(): Promise<string> {
  const here = fileURLToPath(new URL('../dist/', import.meta.url));
  const files = MEASURING.map((name) => join(here, `${name}.js`));
  files.push(join(dirname(require.resolve('@nacre/codec')), 'psnr.js'));
  files.push(join(dirname(require.resolve('@nacre/node')), 'read-image.js'));
  return await hashFiles(files, JSON.stringify(sharp.versions));
}

/** SHA-256 over the built code of a package, and over its package.json, which pins ONNX Runtime. */
async function codeOf(name: string): Promise<string> {
  const folder = dirname(require.resolve(name));
  const files = (await readdir(folder)).filter((file) => file.endsWith('.js')).sort();
  return await hashFiles(['../package.json', ...files].map((file) => join(folder, file)));
}

async function hashFiles(files: readonly string[], more = ''): Promise<string> {
  const hash = createHash('sha256').update(more);
  for (const file of files) hash.update(await readFile(file));
  return hash.digest('hex');
}
