// Reads PBM, PGM, PPM, PAM and PFM files, as Netpbm's manual describes them.

import { latin1 } from './findings.js';
import { type DecodedFile, damaged, type ImageFile, unsupported } from './image-file.js';
import { scaleSamples } from './wide-samples.js';

/** What a header says. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** The largest value of a sample; 0 for floating point. */
  readonly most: number;
  readonly kind: 'bits' | 'text' | 'binary' | 'float';
  /** Where the samples begin. */
  readonly start: number;
  /** PFM: whether the low byte comes first. */
  readonly littleEndian: boolean;
}

/** No file has a header longer than this. */
const MAX_HEADER = 65_536;

/** Whether a file is one of these. */
export function isPnm(file: Uint8Array): boolean {
  return /^P[1-7Ff][\s#]/.test(latin1(file, 0, 3));
}

/** Reads the header of a file that {@link isPnm}. */
export function openPnm(file: Uint8Array, name: string): ImageFile {
  const header = file[1] === 0x37 ? pamHeader(file, name) : pnmHeader(file, name);
  const { width, height, channels, most } = header;
  if (channels < 1 || channels > 4) throw unsupported(name, `a PAM file of ${channels} channels`);
  if (most > 65_535) throw damaged(name, `the largest value is ${most}`);
  return {
    width,
    height,
    read: async (allowDamaged) => readPixels(file, header, name, allowDamaged),
  };
}

function readPixels(
  file: Uint8Array,
  header: Header,
  name: string,
  allowDamaged: boolean,
): DecodedFile {
  const { width, height, channels, most, kind, start } = header;
  const count = channels * width * height;
  const body = file.subarray(start);
  const bytes = bytesOf(header);
  if (kind !== 'text' && body.length < bytes && !allowDamaged) {
    throw damaged(name, `${bytes - body.length} bytes are missing`);
  }
  const changes: string[] = [];
  let samples: Uint8Array | Uint16Array;
  if (kind === 'float') {
    const wide = scaleSamples(floatsOf(body, header), true, 'floating-point');
    changes.push(wide.change);
    samples = wide.samples;
  } else if (kind === 'text') {
    const values = numbersIn(body, count, file[1] === 0x31);
    if (values.length < count && !allowDamaged) throw damaged(name, 'samples are missing');
    samples = scale(count, most, (i) => values[i] ?? 0);
  } else if (kind === 'bits') {
    const rowBytes = Math.ceil(width / 8);
    samples = scale(count, 1, (i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      return ((body[row * rowBytes + (column >> 3)] ?? 0) >> (7 - (column & 7))) & 1 ? 0 : 1;
    });
  } else if (most > 255) {
    samples = scale(count, most, (i) => ((body[2 * i] ?? 0) << 8) | (body[2 * i + 1] ?? 0));
  } else {
    samples = scale(count, most, (i) => body[i] ?? 0);
  }
  const hasMore = kind !== 'text' && /^\s*P[1-7Ff]\s/.test(latin1(body, bytes, bytes + 8));
  return {
    width,
    height,
    samples,
    channels,
    isGrey: channels < 3,
    hasAlpha: channels % 2 === 0,
    space: channels < 3 ? 'GRAY' : 'RGB ',
    changes,
    dropped: hasMore ? ['further images'] : [],
  };
}

/** Samples scaled to 8 bits, or to 16 if they have more. */
function scale(count: number, most: number, at: (i: number) => number): Uint8Array | Uint16Array {
  const [samples, full] =
    most > 255
      ? ([new Uint16Array(count), 65_535] as const)
      : ([new Uint8Array(count), 255] as const);
  for (let i = 0; i < count; i++) samples[i] = Math.round((Math.min(most, at(i)) * full) / most);
  return samples;
}

/** The bytes that the samples of a binary file take. */
function bytesOf({ kind, width, height, channels, most }: Header): number {
  if (kind === 'bits') return Math.ceil(width / 8) * height;
  const size = kind === 'float' ? 4 : most > 255 ? 2 : 1;
  return size * channels * width * height;
}

/** The samples of a PFM file, which begins with the lowest row. */
function floatsOf(
  body: Uint8Array,
  { width, height, channels, littleEndian }: Header,
): Float32Array {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const row = channels * width;
  const values = new Float32Array(row * height);
  for (let i = 0; i < values.length && 4 * i + 4 <= body.length; i++) {
    const target = (height - 1 - Math.floor(i / row)) * row + (i % row);
    values[target] = view.getFloat32(4 * i, littleEndian);
  }
  return values;
}

/** Up to `count` decimal numbers; of a plain PBM single digits, where 1 is black. */
function numbersIn(body: Uint8Array, count: number, areBits: boolean): Uint32Array {
  const values = new Uint32Array(Math.min(count, body.length));
  let [found, value, isInside] = [0, 0, false];
  for (let i = 0; i <= body.length && found < values.length; i++) {
    const digit = (body[i] ?? 0x20) - 0x30;
    if (digit < 0 || digit > 9) {
      if (isInside) values[found++] = value;
      [value, isInside] = [0, false];
    } else if (areBits) {
      values[found++] = digit === 1 ? 0 : 1;
    } else {
      [value, isInside] = [Math.min(2 ** 31, 10 * value + digit), true];
    }
  }
  return values.subarray(0, found);
}

function pnmHeader(file: Uint8Array, name: string): Header {
  const type = latin1(file, 1, 2);
  const text = latin1(file, 2, MAX_HEADER);
  const isFloat = type === 'F' || type === 'f';
  const wanted = type === '1' || type === '4' ? 2 : 3;
  // Between the words there may be comments; behind the last there is one white space.
  const gap = '(?:\\s|#[^\\n\\r]*[\\n\\r])+';
  const words = Array.from({ length: wanted }, () => '([-+.\\deE]+)').join(gap);
  const match = new RegExp(`^${gap}${words}\\s`).exec(text);
  if (!match) throw damaged(name, 'the header cannot be read');
  const [width, height, last = 1] = match.slice(1).map(Number);
  checkSizes(name, width!, height!);
  const isNumber = isFloat
    ? last !== 0 && Number.isFinite(last)
    : Number.isInteger(last) && last > 0;
  if (!isNumber) throw damaged(name, 'the header cannot be read');
  return {
    width: width!,
    height: height!,
    channels: type === '3' || type === '6' || type === 'F' ? 3 : 1,
    most: isFloat ? 0 : last,
    kind: isFloat ? 'float' : type === '4' ? 'bits' : Number(type) < 4 ? 'text' : 'binary',
    start: 2 + match[0].length,
    littleEndian: last < 0,
  };
}

function pamHeader(file: Uint8Array, name: string): Header {
  const text = latin1(file, 0, MAX_HEADER);
  const end = /^ENDHDR[ \t]*\n/m.exec(text);
  if (!end) throw damaged(name, 'the header cannot be read');
  const value = (word: string): number => {
    const [, digits] =
      new RegExp(`^${word}[ \\t]+(\\d+)`, 'm').exec(text.slice(0, end.index)) ?? [];
    return Number(digits ?? 0);
  };
  const [width, height, most] = [value('WIDTH'), value('HEIGHT'), value('MAXVAL')];
  checkSizes(name, width, height);
  if (most < 1) throw damaged(name, 'the header cannot be read');
  return {
    width,
    height,
    channels: value('DEPTH'),
    most,
    kind: 'binary',
    start: end.index + end[0].length,
    littleEndian: false,
  };
}

function checkSizes(name: string, width: number, height: number): void {
  for (const side of [width, height]) {
    if (!Number.isSafeInteger(side) || side < 1) throw damaged(name, 'a side has no pixels');
  }
}
