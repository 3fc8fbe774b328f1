// Ways to damage a .ncr file that know its structure, for the fuzzer: accidents that a checksum finds,
// and forgeries whose checksums are right. What a decoder must make of them is said with each.
import {
  bytesOf,
  type FileParts,
  partsOf,
  payloadOf,
  repairHeader,
  repairSections,
  repairTiles,
  type SectionPart,
  type TileParts,
  tilesOf,
  varint,
} from './ncr-parts.js';

/** Numbers in 0..1. */
export type Random = () => number;

/**
 * What a decoder must do: give the `same` image; have it `refused`, or flagged as partial; or
 * `anything` that is an error or an image of the size in the header, as the checksums are right.
 */
export type Expected = 'same' | 'refused' | 'anything';

/** A damaged file. */
export interface Mutated {
  readonly name: string;
  readonly expected: Expected;
  readonly bytes: Uint8Array;
}

/** Damages bytes or parts; what it is given is its own copy. */
type Bytes = (bytes: Uint8Array, random: Random) => Uint8Array;
type Parts = (parts: FileParts, random: Random) => void;
type Tiles = (tiles: TileParts, random: Random) => void;

/** Accidents that happen to the header, and that nothing makes right again. */
const HEADER_ACCIDENTS: Readonly<Record<string, Bytes>> = {
  'cut off within the header': (bytes, random) =>
    bytes.slice(0, below(random, 24 + 12 * bytes[11]! + 1)),

  'one bit of the header flipped': (bytes, random) => {
    bytes[below(random, 24 + 12 * bytes[11]!)]! ^= 1 << below(random, 8);
    return bytes;
  },
};

/** Accidents that happen to any bytes. */
const ACCIDENTS: Readonly<Record<string, Bytes>> = {
  'cut off': (bytes, random) => bytes.slice(0, below(random, bytes.length)),

  'continued after the end': (bytes, random) =>
    Uint8Array.from([...bytes, ...randomBytes(random, 1 + below(random, 40))]),

  'bits flipped': (bytes, random) => {
    for (let i = 1 + below(random, 8); i > 0; i--) {
      bytes[below(random, bytes.length)]! ^= 1 << below(random, 8);
    }
    return bytes;
  },

  'a run overwritten': (bytes, random) => {
    const start = below(random, bytes.length);
    const filler = [0, 0xff, -1][below(random, 3)]!;
    const end = start + 1 + below(random, 64);
    for (let i = start; i < Math.min(end, bytes.length); i++) {
      bytes[i] = filler < 0 ? below(random, 256) : filler;
    }
    return bytes;
  },

  'a run left out': (bytes, random) => {
    const start = below(random, bytes.length);
    const end = start + 1 + below(random, 64);
    return Uint8Array.from([...bytes.subarray(0, start), ...bytes.subarray(end)]);
  },

  'a run put in': (bytes, random) => {
    const at = below(random, bytes.length);
    const run = randomBytes(random, 1 + below(random, 64));
    return Uint8Array.from([...bytes.subarray(0, at), ...run, ...bytes.subarray(at)]);
  },
};

/** Changes of header and table, under a checksum of both that is right; payloads are left alone. */
const HEADER_LIES: Readonly<Record<string, readonly [Expected, Parts]>> = {
  'another version': [
    'refused',
    ({ header }, random) => {
      header[4] = (header[4]! + 1 + below(random, 255)) % 256;
    },
  ],
  'unknown flags': [
    'refused',
    ({ header }, random) => {
      header[5] = header[5]! | (1 << (1 + below(random, 7)));
    },
  ],
  'another model': [
    'refused',
    ({ header }, random) => {
      header[12 + below(random, 8)]! ^= 1 + below(random, 255);
    },
  ],
  'another size': [
    'anything',
    ({ header }, random) => {
      for (const at of [6, 8]) {
        if (random() < 0.3) continue;
        const size = new DataView(header.buffer, header.byteOffset + at, 2);
        size.setUint16(0, interesting(random, size.getUint16(0, true), 0xffff), true);
      }
    },
  ],
  'another level': [
    'anything',
    ({ header }, random) => {
      header[10] = below(random, 256);
    },
  ],
  'another number of sections': [
    'anything',
    ({ header }, random) => {
      header[11] = interesting(random, header[11]!, 255);
    },
  ],
  'a wrong length of a section': [
    'refused',
    ({ sections }, random) => {
      const section = pick(random, sections);
      section.length = interesting(random, section.length, 2 ** 32 - 1);
    },
  ],
  'a wrong checksum of a section': [
    'refused',
    ({ sections }, random) => {
      const section = pick(random, sections);
      section.checksum = (section.checksum ^ (1 + below(random, 2 ** 31))) >>> 0;
    },
  ],
  'another type of a section': [
    'anything',
    ({ sections }, random) => {
      pick(random, sections).type = typeOf(random);
    },
  ],
};

/** Changes of the sections, whose lengths and checksums are right afterwards. */
const SECTION_FORGERIES: Readonly<Record<string, readonly [Expected, Parts]>> = {
  'an unknown section that may be skipped': [
    'same',
    ({ sections }, random) => {
      const payload = randomBytes(random, below(random, 50));
      const section = { type: ascii('zzzz'), length: 0, checksum: 0, payload };
      sections.splice(below(random, sections.length + 1), 0, section);
    },
  ],
  'an unknown essential section': [
    'refused',
    ({ sections }, random) => {
      const payload = randomBytes(random, below(random, 50));
      const section = { type: ascii('Zzzz'), length: 0, checksum: 0, payload };
      sections.splice(below(random, sections.length + 1), 0, section);
    },
  ],
  'the sections in another order': [
    'same',
    ({ sections }, random) => {
      const [section] = sections.splice(below(random, sections.length), 1);
      sections.splice(below(random, sections.length + 1), 0, section!);
    },
  ],
  'payloads of two sections swapped': [
    'anything',
    ({ sections }, random) => {
      const [one, other] = pickTwo(random, sections);
      [one.payload, other.payload] = [other.payload, one.payload];
    },
  ],
  'a section twice': [
    'anything',
    ({ sections }, random) => {
      sections.splice(below(random, sections.length + 1), 0, { ...pick(random, sections) });
    },
  ],
  'an essential section twice': [
    'refused',
    ({ sections }, random) => {
      const section = pick(random, sections.filter(isEssential));
      sections.splice(below(random, sections.length + 1), 0, { ...section });
    },
  ],
  'a section left out': [
    'anything',
    ({ sections }, random) => {
      sections.splice(below(random, sections.length), 1);
    },
  ],
  'a payload changed': [
    'anything',
    ({ sections }, random) => {
      const section = pick(random, sections);
      section.payload = damaged(section.payload, random);
    },
  ],
  'a random table': [
    'anything',
    (parts, random) => {
      const { sections } = parts;
      parts.sections = Array.from({ length: below(random, random() < 0.1 ? 256 : 8) }, () => ({
        type: typeOf(random),
        length: 0,
        checksum: 0,
        payload:
          random() < 0.5 ? pick(random, sections).payload : randomBytes(random, below(random, 80)),
      }));
    },
  ],
};

/** Changes of the index of tiles and of the streams; section and header are right afterwards. */
const TILE_FORGERIES: Readonly<Record<string, readonly [Expected, Tiles]>> = {
  'another tile side': [
    'anything',
    (section, random) => {
      section.log2Side = interesting(random, section.log2Side, 255);
    },
  ],
  'a wrong size of a tile': [
    'refused',
    ({ tiles }, random) => {
      const tile = pick(random, tiles);
      tile.size = varint(interesting(random, tile.stream.length, 2 ** 28 - 1));
    },
  ],
  'a size in more bytes than it needs': [
    'refused',
    ({ tiles }, random) => {
      const tile = pick(random, tiles);
      tile.size = Uint8Array.from([...tile.size.map((byte) => byte | 0x80), 0]);
    },
  ],
  'a size without an end': [
    'anything',
    ({ tiles }, random) => {
      pick(random, tiles).size = new Uint8Array(1 + below(random, 9)).fill(0xff);
    },
  ],
  'a wrong checksum of a tile': [
    'refused',
    ({ tiles }, random) => {
      const tile = pick(random, tiles);
      tile.checksum = (tile.checksum ^ (1 + below(random, 2 ** 31))) >>> 0;
    },
  ],
  'the streams of two tiles swapped': [
    'refused',
    ({ tiles }, random) => {
      const [one, other] = pickTwo(random, tiles);
      [one.stream, other.stream] = [other.stream, one.stream];
    },
  ],
  'a stream changed': [
    'refused',
    ({ tiles }, random) => {
      const tile = pick(random, tiles);
      tile.stream = damaged(tile.stream, random);
    },
  ],
};

/** Changes of the streams that leave not one checksum wrong: they reach the entropy decoder. */
const STREAM_FORGERIES: Readonly<Record<string, Tiles>> = {
  'two tiles swapped': ({ tiles }, random) => {
    const [one, other] = pickTwo(random, tiles);
    [one.stream, other.stream] = [other.stream, one.stream];
  },

  'a tile left out': ({ tiles }, random) => {
    tiles.splice(below(random, tiles.length), 1);
  },

  'a tile twice': ({ tiles }, random) => {
    tiles.splice(below(random, tiles.length + 1), 0, { ...pick(random, tiles) });
  },

  'bits of a stream flipped': ({ tiles }, random) => {
    const { stream } = pick(random, tiles);
    for (let i = 1 + below(random, 4); i > 0; i--) {
      stream[below(random, stream.length)]! ^= 1 << below(random, 8);
    }
  },

  'a stream damaged': ({ tiles }, random) => {
    const tile = pick(random, tiles);
    tile.stream = damaged(tile.stream, random);
  },

  'a stream cut': ({ tiles }, random) => {
    const tile = pick(random, tiles);
    tile.stream = tile.stream.slice(0, below(random, tile.stream.length));
  },

  'a stream of random words': ({ tiles }, random) => {
    const tile = pick(random, tiles);
    const length = random() < 0.5 ? tile.stream.length : below(random, 2 * tile.stream.length);
    tile.stream = randomBytes(random, length);
  },

  'an extreme state': ({ tiles }, random) => {
    const { stream } = pick(random, tiles);
    const state = pick(random, [0, 0xffff, 0x10000, 0x10001, 0x7fffffff, 0x80000000, 0xffffffff]);
    new DataView(stream.buffer, stream.byteOffset).setUint32(0, state, true);
  },
};

type Mutation = readonly [
  name: string,
  expected: Expected,
  apply: (bytes: Uint8Array, random: Random) => Uint8Array,
];

const GROUPS: readonly (readonly Mutation[])[] = [
  Object.entries({ ...HEADER_ACCIDENTS, ...ACCIDENTS }).map(([name, change]) => [
    name,
    'refused',
    change,
  ]),
  Object.entries(HEADER_LIES).map(([name, [expected, change]]) => [
    name,
    expected,
    (bytes, random) => {
      const parts = partsOf(bytes);
      change(parts, random);
      repairHeader(parts);
      return bytesOf(parts);
    },
  ]),
  Object.entries(SECTION_FORGERIES).map(([name, [expected, change]]) => [
    name,
    expected,
    (bytes, random) => {
      const parts = partsOf(bytes);
      change(parts, random);
      repairSections(parts);
      return bytesOf(parts);
    },
  ]),
  Object.entries(TILE_FORGERIES).map(([name, [expected, change]]) => [
    name,
    expected,
    (bytes, random) => withTiles(bytes, random, (tiles) => change(tiles, random)),
  ]),
  Object.entries(STREAM_FORGERIES).map(([name, change]) => [
    name,
    'anything',
    (bytes, random) =>
      withTiles(bytes, random, (tiles) => {
        change(tiles, random);
        repairTiles(tiles);
      }),
  ]),
];

/** The names of all mutations. */
export const MUTATIONS: readonly string[] = GROUPS.flatMap((group) => group.map(([name]) => name));

/** Damages a file that is right; every group of mutations is as likely as every other. */
export function mutate(bytes: Uint8Array, random: Random): Mutated {
  const [name, expected, apply] = pick(random, pick(random, GROUPS));
  return { name, expected, bytes: apply(bytes.slice(), random) };
}

/** A file whose section `TILE` or `Alph` is changed, and right but for what that changed. */
function withTiles(
  bytes: Uint8Array,
  random: Random,
  change: (tiles: TileParts) => void,
): Uint8Array {
  const parts = partsOf(bytes);
  const section = pick(random, parts.sections.filter(isEssential));
  const tiles = tilesOf(section.payload);
  change(tiles);
  section.payload = payloadOf(tiles);
  repairSections(parts);
  return bytesOf(parts);
}

function isEssential({ type }: SectionPart): boolean {
  return String.fromCharCode(type[0]!) < 'a';
}

/** Some bytes damaged as an accident would. */
function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return randomBytes(random, 1 + below(random, 8));
  return pick(random, Object.values(ACCIDENTS))(bytes.slice(), random);
}

/** A number near another one, or at an end of what its field holds, or any. */
function interesting(random: Random, value: number, max: number): number {
  const near = [value - 1, value + 1, value + 2, value - 64, value + 64, 2 * value, value >> 1];
  const others = [0, 1, 2, 63, 64, 65, max, max - 1, max >>> 1, below(random, max + 1)];
  const number = pick(random, [...near, ...others]);
  return Math.max(0, Math.min(max, number));
}

/** A type of a section: known, reserved, unknown, or none. */
function typeOf(random: Random): Uint8Array {
  const types = ['TILE', 'Alph', 'exif', 'iccp', 'prev', 'xmpp', 'zzzz', 'Zzzz', 'TILe', 'tILE'];
  return random() < 0.8 ? ascii(pick(random, types)) : randomBytes(random, 4);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** An integer in 0..count − 1. */
function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[below(random, items.length)]!;
}

/** Two different items, if there are two. */
function pickTwo<Item>(random: Random, items: readonly Item[]): [Item, Item] {
  const one = below(random, items.length);
  const other = (one + 1 + below(random, items.length - 1)) % items.length;
  return [items[one]!, items[other]!];
}

function randomBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => below(random, 256));
}
