// The hashes of ONNX Runtime's files are those of the version that is installed.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ORT_FILES, type OrtBuild, ortBinaryUrl, ortScriptUrl } from './ort-files.js';

const FOLDER = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const BUILDS = Object.keys(ORT_FILES) as OrtBuild[];

test.each(BUILDS)('%s', async (build) => {
  const { name, sha256 } = ORT_FILES[build];
  const bytes = await readFile(join(FOLDER, name));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
});

test.each(BUILDS)('%s: its addresses, with a folder and without, name the same files', (build) => {
  for (const address of [ortBinaryUrl, ortScriptUrl]) {
    const file = (url: string) => url.replace(/.*\//, '');
    expect(address(build, 'https://example.org/ort/')).toMatch(/^https:\/\/example\.org\/ort\/\w/);
    expect(file(address(build, 'https://example.org/ort/'))).toBe(file(address(build)));
  }
});
