// PBM, PGM, PPM, PAM and PFM files, written by hand.

import { describe, expect, test } from 'vitest';
import { readImage } from './read-image.js';

async function read(file: string | Uint8Array, allowDamaged = false) {
  const bytes = typeof file === 'string' ? Buffer.from(file, 'latin1') : file;
  const { width, height, channels, data } = await readImage(bytes, { allowDamaged });
  return { width, height, channels, data: [...data] };
}

describe('samples', () => {
  test.each([
    [
      'plain PBM, where 1 is black',
      'P1\n# a comment\n3 2\n1 0 1\n0 1 0\n',
      3,
      1,
      [0, 255, 0, 255, 0, 255],
    ],
    ['plain PBM without gaps', 'P1 3 2 101010', 3, 1, [0, 255, 0, 255, 0, 255]],
    ['plain PGM', 'P2 2 1 15 15 3', 2, 1, [255, 51]],
    ['plain PPM', 'P3 1 1 255\n1\n2\n3\n', 1, 3, [1, 2, 3]],
    ['PBM', 'P4 10 1\n\xaa\x80', 10, 1, [0, 255, 0, 255, 0, 255, 0, 255, 0, 255]],
    ['PGM', 'P5 2 1 255\n\x07\xff', 2, 1, [7, 255]],
    ['PGM of another range', 'P5 2 1 100\n\x32\x64', 2, 1, [128, 255]],
    ['PGM of 16 bits', 'P5 2 1 65535\n\x80\x80\xff\xff', 2, 1, [128, 255]],
    ['PPM with comments', 'P6#x\n1 #y\n1\n#z\n255\nabc', 1, 3, [97, 98, 99]],
    [
      'PAM',
      'P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\nabcd',
      1,
      4,
      [97, 98, 99, 100],
    ],
    [
      'PAM of grey and alpha',
      'P7\n#c\nHEIGHT 1\nWIDTH 1\nDEPTH 2\nMAXVAL 255\nENDHDR\nab',
      1,
      2,
      [97, 98],
    ],
  ])('%s', async (_, file, width, channels, data) => {
    expect(await read(file)).toMatchObject({ width, channels, data });
  });

  test.each([true, false])('PFM, whose lowest row is first; little-endian: %s', async (little) => {
    const values = [0, 0.2, 0.4, 0.6, 0.8, 1];
    const body = Buffer.alloc(24);
    for (const [i, v] of values.entries())
      little ? body.writeFloatLE(v, 4 * i) : body.writeFloatBE(v, 4 * i);
    const grey = await read(Buffer.concat([Buffer.from(`Pf\n3 2\n${little ? -1 : 1}.0\n`), body]));
    expect(grey).toEqual({ width: 3, height: 2, channels: 1, data: [153, 204, 255, 0, 51, 102] });
    const colour = await read(
      Buffer.concat([Buffer.from(`PF 1 2 ${little ? '-1e0' : '2'}\n`), body]),
    );
    expect(colour).toEqual({ width: 1, height: 2, channels: 3, data: [153, 204, 255, 0, 51, 102] });
  });
});

describe('what is wrong with a file', () => {
  test.each([
    ['samples that are missing', 'P5 4 4 255\nabc'],
    ['numbers that are missing', 'P2 4 4 255\n1 2 3'],
    ['no size', 'P5 0 4 255\nabc'],
    ['words in the header', 'P5 four 4 255\nabc'],
    ['a header that does not end', 'P7\nWIDTH 4\n'],
    ['no largest value', 'P5 1 1 0\na'],
  ])('%s', async (_, file) => {
    await expect(read(file)).rejects.toMatchObject({ code: 'TRUNCATED_IMAGE' });
  });

  test('what is there of it', async () => {
    expect((await read('P5 2 2 255\nabc', true)).data).toEqual([97, 98, 99, 0]);
  });

  test('a size that would take all memory', async () => {
    await expect(read('P6 1000000000 1000000000 255\n')).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
    });
    await expect(read('P2 60000 60000 255\n')).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });

  test('channels of another kind', async () => {
    const file = 'P7\nWIDTH 1\nHEIGHT 1\nDEPTH 7\nMAXVAL 255\nENDHDR\nabcdefg';
    await expect(read(file)).rejects.toMatchObject({ code: 'NOT_AN_IMAGE' });
  });
});
