// Butteraugli, a perceptual distance, by libjxl's program butteraugli_main: no npm package offers it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawImage } from '@nacre/codec';
import { type ExternalTool, inTemporaryFolder, isInstalled, runProgram } from './external-tool.js';
import { toPpm } from './ppm.js';
import { checkRgb, checkSameSize } from './rgb.js';

const PROGRAM = 'butteraugli_main';

/** What has to be installed. */
export const BUTTERAUGLI: ExternalTool = {
  programs: [PROGRAM],
  debianPackage: 'libjxl-devtools',
};

/** The program reports smaller images as equal, no matter what is in them. */
const MIN_SIDE = 8;

/** Whether the program is installed. */
export async function hasButteraugli(): Promise<boolean> {
  return await isInstalled(PROGRAM);
}

/**
 * The 3-norm of Butteraugli's distance map, at 80 nits.
 *
 * @param a - the original
 * @param b - the decoded image, of the same size
 * @returns 0 for equal images; about 1 where a difference is just noticeable
 * @throws TypeError or RangeError if an argument is not an image, if the sizes differ, or if a side
 *   is shorter than 8 pixels; Error if the program is not installed or fails
 * @example
 * ```ts
 * if (await hasButteraugli()) console.log(await butteraugli(photo, decoded)); // 1.64
 * ```
 */
export async function butteraugli(a: RawImage, b: RawImage): Promise<number> {
  checkRgb(a, 'a');
  checkRgb(b, 'b');
  checkSameSize(a, b);
  if (Math.min(a.width, a.height) < MIN_SIDE) {
    throw new RangeError(
      `Expected sides of ${MIN_SIDE} pixels or more for Butteraugli but received ${a.width}×${a.height}`,
    );
  }
  return await inTemporaryFolder(async (folder) => {
    const files = [join(folder, 'a.ppm'), join(folder, 'b.ppm')];
    await Promise.all([a, b].map((image, i) => writeFile(files[i]!, toPpm(image))));
    const printed = await runProgram(PROGRAM, [...files, '--pnorm', '3']);
    const norm = Number(printed.match(/3-norm:\s*(\S+)/)?.[1] ?? Number.NaN);
    if (!Number.isFinite(norm)) throw new Error(`${PROGRAM} printed no 3-norm: ${printed.trim()}`);
    return norm;
  });
}
