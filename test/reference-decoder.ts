// Runs packages/training/reference_decoder.py, the second decoder, on files of a test. Not here: what
// it finds in hostile files, which pytest tests.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RawImage } from '@nacre/codec';
import { readImage } from '@nacre/node';

const TRAINING = fileURLToPath(new URL('../packages/training', import.meta.url));
const VENV_PYTHON = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';

/** The Python of the training package's environment; undefined where `npm test` has made none. */
export const PYTHON = [join(TRAINING, '.venv', VENV_PYTHON)].find(existsSync);

/** Decodes `0.ncr`, `1.ncr` … of a folder to PNG; prints the hash of the integers of each. */
const PROGRAM = `
import sys
from hashlib import sha256
from pathlib import Path
from reference_decoder import Model, decode, decode_symbols, write_png

model, folder, count = Model(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
for i in range(count):
    data = (folder / f"{i}.ncr").read_bytes()
    symbols = decode_symbols(data, model)
    print(sha256(b"".join(part.astype("<i4").tobytes() for part in (symbols.z, symbols.y))).hexdigest())
    write_png(decode(data, model), folder / f"{i}.png")
`;

/** What the second decoder makes of a file; the hash is that of `hashOfSymbols`. */
export interface ReferenceDecoded {
  readonly symbolsSha256: string;
  readonly image: RawImage;
}

/** Decodes files with the second decoder and the model in a folder. Needs `PYTHON`. */
export async function referenceDecode(
  files: readonly Uint8Array[],
  model: string,
): Promise<ReferenceDecoded[]> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-reference-'));
  try {
    await Promise.all(files.map((bytes, i) => writeFile(join(folder, `${i}.ncr`), bytes)));
    const args = ['-c', PROGRAM, model, folder, `${files.length}`];
    const { stdout } = await promisify(execFile)(PYTHON!, args, { cwd: TRAINING });
    const hashes = stdout.trim().split(/\s+/);
    return await Promise.all(
      files.map(async (_, i) => ({
        symbolsSha256: hashes[i]!,
        image: await readImage(join(folder, `${i}.png`)),
      })),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
}
