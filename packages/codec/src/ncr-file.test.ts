// An opened file: what it says, that damage is found once, and that everything takes it in place of bytes.
import { expect, test } from 'vitest';
import { fakeModel } from '../testing/fake-model.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { CorruptFileError, FormatError } from './errors.js';
import { readContainer, writeContainer } from './format.js';
import { measureBits } from './measure-bits.js';
import { openNcr } from './ncr-file.js';
import { parse } from './parse.js';

const model = fakeModel();
const exif = Uint8Array.of(4, 5, 6);
const image = {
  width: 30,
  height: 20,
  channels: 4 as const,
  data: new Uint8Array(4 * 30 * 20).map((_, i) => (i % 4 === 3 ? i % 251 : 90)),
  metadata: { exif },
};
const file = encode(model, image);

/** The file with sections added, and checksums that agree. */
async function withSections(...types: readonly string[]): Promise<Uint8Array> {
  const container = readContainer(await file);
  const more = types.map((type) => ({ type, payload: Uint8Array.of(1) }));
  return writeContainer({ ...container, sections: [...container.sections, ...more] });
}

test('it says what the file holds, in copies', async () => {
  // In a Buffer, whose slices are not copies.
  const bytes = Buffer.from(await file);
  const opened = openNcr(bytes);
  expect(opened).toMatchObject({ version: 1, width: 30, height: 20, channels: 4, level: 49 });
  expect(opened).toMatchObject({ byteLength: bytes.length, tileSide: 1024, missing: [] });
  expect(opened.sections.map(({ type }) => type)).toEqual(['TILE', 'Alph', 'exif']);
  expect(opened.tiles).toMatchObject([{ left: 0, top: 0, width: 30, height: 20 }]);
  expect(opened.tiles).toBe(opened.tiles);
  bytes.fill(0);
  expect(opened.modelHash).toEqual(model.hash.subarray(0, 8));
  const { metadata } = openNcr(Buffer.from(await file));
  expect(metadata).toEqual({ exif });
});

test('decode, parse and measureBits take it in place of the bytes', async () => {
  const bytes = await file;
  const opened = openNcr(bytes);
  expect(await decode(model, opened)).toEqual(await decode(model, bytes));
  expect(await parse(model, opened)).toEqual(await parse(model, bytes));
  expect(await measureBits(model, opened)).toEqual(await measureBits(model, bytes));
});

test('a damaged file that was opened with partial is decoded so, unless you ask for all of it', async () => {
  const bytes = Uint8Array.from(await file);
  bytes[bytes.length - 1]! ^= 1;
  expect(() => openNcr(bytes)).toThrow(CorruptFileError);
  const opened = openNcr(bytes, { partial: true });
  expect([opened.partial, opened.missing, opened.metadata]).toEqual([true, ['exif'], {}]);
  expect((await decode(model, opened)).missing).toEqual(['exif']);
  await expect(decode(model, opened, { partial: false })).rejects.toThrow(CorruptFileError);
});

test('an unknown essential section is refused by name, an optional one is skipped', async () => {
  expect(openNcr(await withSections('gain')).sections.at(-1)).toEqual({
    type: 'gain',
    byteLength: 1,
  });
  const bytes = await withSections('Dept');
  expect(() => openNcr(bytes)).toThrow(
    new FormatError(
      'UNSUPPORTED_VERSION',
      'This .ncr file is newer than this decoder (it needs the section Dept): update Nacre.',
    ),
  );
});

test.each(['TILE', 'Alph', 'exif'])('two sections %s are one too many', async (type) => {
  const bytes = await withSections(type);
  expect(() => openNcr(bytes)).toThrow(`The file has 2 sections ${type} where 1 belongs`);
});

test('a file without tiles is damaged', async () => {
  const bytes = writeContainer({ ...readContainer(await file), sections: [] });
  expect(() => openNcr(bytes)).toThrow('The file has no section TILE');
});
