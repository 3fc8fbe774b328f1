// JPEG XL by libjxl's own programs, as sharp's prebuilt binaries have no JPEG XL.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkInteger } from '@nacre/codec/internal';
import { inTemporaryFolder, runProgram } from './external-tool.js';
import type { CodecRow } from './image-codec.js';
import { fromPpm, toPpm } from './ppm.js';
import { checkRgb } from './rgb.js';

const OPTIONS = ['--effort=7', '--num_threads=1'];

/** JPEG XL at the default effort of cjxl. */
export const JXL: CodecRow = {
  name: 'jxl',
  qualities: [5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95],
  requires: { programs: ['cjxl', 'djxl'], debianPackage: 'libjxl-tools' },
  async describe() {
    const [version = ''] = (await runProgram('cjxl', ['--version'])).split('\n');
    return { description: `${version}, effort 7 of 9`, identity: [version, OPTIONS] };
  },
  async open() {
    return {
      async encode(image, quality) {
        checkRgb(image, 'image');
        checkInteger(quality, 1, 100, 'quality');
        return await inTemporaryFolder(async (folder) => {
          const [source, file] = [join(folder, 'image.ppm'), join(folder, 'image.jxl')];
          await writeFile(source, toPpm(image));
          await runProgram('cjxl', [source, file, `--quality=${quality}`, ...OPTIONS]);
          return await readFile(file);
        });
      },
      async decode(file) {
        return await inTemporaryFolder(async (folder) => {
          const [source, decoded] = [join(folder, 'image.jxl'), join(folder, 'image.ppm')];
          await writeFile(source, file);
          await runProgram('djxl', [source, decoded, '--bits_per_sample=8', '--num_threads=1']);
          return fromPpm(await readFile(decoded));
        });
      },
    };
  },
};
