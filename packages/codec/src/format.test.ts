// The container: every field where FORMAT.md puts it, and a typed error for every damage.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c } from './crc32c.js';
import { CodecError, CorruptFileError, FormatError, TooLargeError } from './errors.js';
import { type Container, readContainer, writeContainer } from './format.js';

const container: Container = {
  width: 0x1234,
  height: 0xabcd,
  level: 49,
  greyscale: false,
  modelHash: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  sections: [
    { type: 'TILE', payload: Uint8Array.of(9, 8, 7) },
    { type: 'note', payload: Uint8Array.of(6) },
  ],
};
const TABLE_END = 20 + 2 * 12;

/** A container whose header and table are changed, with a checksum that agrees. */
function changed(change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = writeContainer(container);
  change(bytes);
  new DataView(bytes.buffer).setUint32(TABLE_END, crc32c(bytes.subarray(0, TABLE_END)), true);
  return bytes;
}

/** What reading throws. */
function caught(bytes: Uint8Array): unknown {
  try {
    readContainer(bytes);
  } catch (error) {
    return error;
  }
  return undefined;
}

test('every field is where the format puts it', () => {
  const bytes = writeContainer({ ...container, sections: container.sections.slice(0, 1) });
  const view = new DataView(bytes.buffer);
  expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x4e, 0x43, 0x52]);
  expect(bytes[4]).toBe(1); // version
  expect(bytes[5]).toBe(0); // flags
  expect(writeContainer({ ...container, greyscale: true })[5]).toBe(1);
  expect(view.getUint16(6, true)).toBe(0x1234);
  expect(view.getUint16(8, true)).toBe(0xabcd);
  expect(bytes[10]).toBe(49);
  expect(bytes[11]).toBe(1); // sections
  expect([...bytes.subarray(12, 20)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(String.fromCharCode(...bytes.subarray(20, 24))).toBe('TILE');
  expect(view.getUint32(24, true)).toBe(3);
  expect(view.getUint32(28, true)).toBe(crc32c(Uint8Array.of(9, 8, 7)));
  expect(view.getUint32(32, true)).toBe(crc32c(bytes.subarray(0, 32)));
  expect([...bytes.subarray(36)]).toEqual([9, 8, 7]);
});

test('only 8 bytes of the hash are written', () => {
  const modelHash = Uint8Array.from({ length: 32 }, (_, i) => i);
  expect([...readContainer(writeContainer({ ...container, modelHash })).modelHash]).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7,
  ]);
});

test('a section of 2^32 bytes is refused before anything of its size is made', () => {
  const payload = { length: 2 ** 32 } as Uint8Array;
  const sections = [{ type: 'TILE', payload }];
  expect(() => writeContainer({ ...container, sections })).toThrow(TooLargeError);
});

test('what is written is read', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  const side = fc.integer({ min: 1, max: 65_535 });
  const section = fc.record({
    type: fc.stringMatching(/^[A-Za-z]{4}$/),
    payload: fc.uint8Array({ maxLength: 300 }),
  });
  const any = fc.record({
    width: side,
    height: side,
    level: byte,
    greyscale: fc.boolean(),
    modelHash: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    sections: fc.array(section, { maxLength: 255 }),
  });
  fc.assert(
    fc.property(any, (one) => {
      expect(readContainer(writeContainer(one))).toEqual(one);
    }),
  );
});

test('a file within a larger buffer is read', () => {
  const bytes = writeContainer(container);
  const buffer = new Uint8Array(bytes.length + 20);
  buffer.set(bytes, 13);
  expect(readContainer(buffer.subarray(13, 13 + bytes.length))).toEqual(container);
});

describe('damage', () => {
  const bytes = writeContainer(container);

  test('cut off after any number of bytes', () => {
    for (let length = 0; length < bytes.length; length++) {
      const error = caught(bytes.subarray(0, length));
      expect(error, `${length} bytes`).toBeInstanceOf(length < 4 ? FormatError : CorruptFileError);
    }
  });

  test('every other value of every byte', () => {
    for (let at = 0; at < bytes.length; at++) {
      const copy = Uint8Array.from(bytes);
      for (let value = 0; value < 256; value++) {
        if (value === bytes[at]) continue;
        copy[at] = value;
        const error = caught(copy);
        expect(error, `byte ${at} = ${value}`).toBeInstanceOf(CodecError);
        const code = at < 4 ? 'NOT_NCR' : at === 4 ? 'UNSUPPORTED_VERSION' : 'CORRUPT_FILE';
        expect(error, `byte ${at} = ${value}`).toMatchObject({ code });
      }
    }
  });

  test('bytes after the end', () => {
    const longer = Uint8Array.from([...bytes, 0, 0]);
    expect(caught(longer)).toMatchObject({ code: 'CORRUPT_FILE' });
    expect((caught(longer) as Error).message).toContain('2 bytes after its end');
  });

  test('every message is one line that ends with what to do', () => {
    const inputs = [
      bytes.subarray(0, 3),
      bytes.subarray(0, 30),
      Uint8Array.from([...bytes, 0]),
      changed((b) => b.fill(0, 6, 8)),
      changed((b) => b.fill(0x20, 20, 21)),
      changed((b) => b.fill(2, 5, 6)),
    ];
    for (const input of inputs) {
      expect((caught(input) as Error).message).toMatch(
        /^[^\n]+: (choose|get|cut|update) [^\n]+\.$/,
      );
    }
  });
});

describe('fields that no version 1 encoder writes, under a good checksum', () => {
  test.each([
    ['width 0', (b: Uint8Array) => b.fill(0, 6, 8), 'CORRUPT_FILE'],
    ['height 0', (b: Uint8Array) => b.fill(0, 8, 10), 'CORRUPT_FILE'],
    ['flags', (b: Uint8Array) => b.fill(0x80, 5, 6), 'UNSUPPORTED_VERSION'],
    ['a section name with a space', (b: Uint8Array) => b.fill(0x20, 23, 24), 'CORRUPT_FILE'],
    ['a section longer than the file', (b: Uint8Array) => b.fill(0xff, 24, 28), 'CORRUPT_FILE'],
    ['a section shorter than its content', (b: Uint8Array) => b.fill(2, 24, 25), 'CORRUPT_FILE'],
  ])('%s', (_, change, code) => {
    expect(caught(changed(change))).toMatchObject({ code });
  });

  test('random headers and tables never do worse', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 15, maxLength: 400 }), (rest) => {
        const bytes = Uint8Array.from([0x89, 0x4e, 0x43, 0x52, 1, ...rest]);
        const end = 20 + 12 * bytes[11]!;
        if (end + 4 <= bytes.length) {
          new DataView(bytes.buffer).setUint32(end, crc32c(bytes.subarray(0, end)), true);
        }
        const error = caught(bytes);
        if (error !== undefined) expect(error).toBeInstanceOf(CodecError);
      }),
    );
  });
});

describe('partial', () => {
  const bytes = writeContainer(container);
  const salvaged = (changed: Uint8Array) =>
    readContainer(changed, true).sections.map(({ type, payload, damaged = false }) => [
      type,
      [...payload],
      damaged,
    ]);

  test('a damaged section is given as it is, and said to be', () => {
    const tile = bytes.length - 4;
    const flipped = Uint8Array.from(bytes, (byte, i) => (i === tile ? byte ^ 1 : byte));
    const note = ['note', [6], false];
    expect(salvaged(bytes)).toEqual([['TILE', [9, 8, 7], false], note]);
    expect(salvaged(flipped)).toEqual([['TILE', [8, 8, 7], true], note]);
  });

  test('a file that ends early, or goes on', () => {
    const tile = ['TILE', [9, 8, 7], false];
    expect(salvaged(bytes.subarray(0, -1))).toEqual([tile, ['note', [], true]]);
    expect(salvaged(bytes.subarray(0, -2))[0]).toEqual(['TILE', [9, 8], true]);
    expect(salvaged(bytes.subarray(0, -4))[0]).toEqual(['TILE', [], true]);
    expect(salvaged(Uint8Array.from([...bytes, 1]))).toEqual([tile, ['note', [6], false]]);
  });

  test('header and table must be right', () => {
    for (let at = 0; at < TABLE_END + 4; at++) {
      const copy = Uint8Array.from(bytes);
      copy[at]! ^= 1;
      expect(() => readContainer(copy, true), `byte ${at}`).toThrow(CodecError);
      expect(() => readContainer(bytes.subarray(0, at), true)).toThrow(CodecError);
    }
  });
});

describe('what is newer than this decoder', () => {
  test.each([
    ['version', 'version 2', (b: Uint8Array) => b.fill(2, 4, 5)],
    ['flag', 'the flags 2', (b: Uint8Array) => b.fill(2, 5, 6)],
    ['flag beside the one it knows', 'the flags 128', (b: Uint8Array) => b.fill(0x81, 5, 6)],
  ])('a %s is refused by name', (_, name, change) => {
    expect(caught(changed(change))).toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      message: expect.stringContaining(name),
    });
  });
});
