// The first directory of a TIFF or BigTIFF file (TIFF 6.0, section 2). Pixels are not decoded here.

import { type Findings, latin1, resolution } from './findings.js';

/** What tags hold that is not kept. libvips gives the pixels, the ICC profile and XMP. */
const DROPPED: Readonly<Record<number, string>> = {
  270: 'the description',
  271: 'the camera',
  272: 'the camera',
  285: 'the page name',
  301: 'the transfer function',
  305: 'the software',
  306: 'the date',
  315: 'the artist',
  316: 'the software',
  318: 'the white point',
  319: 'the primaries',
  330: 'subordinate images',
  33432: 'the copyright',
  33550: 'GeoTIFF data',
  33723: 'IPTC',
  33922: 'GeoTIFF data',
  34264: 'GeoTIFF data',
  34377: 'Photoshop data',
  34665: 'EXIF',
  34735: 'GeoTIFF data',
  34853: 'the place (GPS)',
  37724: 'Photoshop layers',
};

const SUBFILE_TYPE = 254;
const BITS = 258;
const PHOTOMETRIC = 262;
const SAMPLES = 277;
const X_RESOLUTION = 282;
const RESOLUTION_UNIT = 296;
const INK_SET = 332;
const EXTRA_SAMPLES = 338;
const SAMPLE_FORMAT = 339;

/** Colours of a pixel by its photometric interpretation; the rest have three. */
const COLOURS: Readonly<Record<number, number>> = { 0: 1, 1: 1, 3: 1, 4: 1, 5: 4 };
const SEPARATED = 5;

/** Bytes of a value by the type of its field: whole numbers, and fractions of two. */
const BYTES: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 5: 8, 16: 8 };
const RATIONAL = 5;

/** No file has more fields than this; a damaged one may claim any number. */
const MAX_FIELDS = 4096;

/**
 * Reads the fields of the first directory.
 *
 * @param file - that begins with the signature of TIFF.
 */
export function inspectTiff(file: Uint8Array): Findings {
  const fields = readFields(file);
  const dropped = new Set<string>();
  for (const tag of fields.keys()) if (DROPPED[tag]) dropped.add(DROPPED[tag]);
  const bits = fields.get(BITS)?.[0] ?? 1;
  const photometric = fields.get(PHOTOMETRIC)?.[0] ?? 1;
  const colours = COLOURS[photometric] ?? 3;
  const extraSamples = fields.get(EXTRA_SAMPLES) ?? [];
  const extra = Math.max(0, (fields.get(SAMPLES)?.[0] ?? 1) - colours);
  // 1 and 2 are alpha. One that is not specified is alpha to most programs, but an ink behind CMYK.
  const hasAlpha =
    extraSamples[0] === 1 || extraSamples[0] === 2 || (extra === 1 && photometric !== SEPARATED);
  const extraChannels = extra - (hasAlpha ? 1 : 0);
  if (extraChannels > 0) {
    const what = photometric === SEPARATED ? 'spot colour' : 'extra channel';
    dropped.add(`${extraChannels} ${what}${extraChannels > 1 ? 's' : ''}`);
  }
  if (fields.get(INK_SET)?.[0] === 2) dropped.add('the names of the inks');
  // Canon's CR2 has a signature of its own instead.
  const isPreview =
    latin1(file, 8, 10) === 'CR' || ((fields.get(SUBFILE_TYPE)?.[0] ?? 0) & 1) === 1;
  const unit = fields.get(RESOLUTION_UNIT)?.[0] ?? 2;
  const dpi = (fields.get(X_RESOLUTION)?.[0] ?? 0) * ({ 2: 1, 3: 2.54 }[unit] ?? 0);
  return {
    dropped: [...dropped, ...resolution(dpi)],
    extraChannels,
    unsupported: isPreview
      ? 'a TIFF file that begins with a preview, as cameras’ raw files do'
      : unsupportedSamples(bits, fields.get(SAMPLE_FORMAT)?.[0] ?? 1, photometric),
  };
}

/** Samples that libvips takes for damage. */
function unsupportedSamples(bits: number, format: number, photometric: number): string | undefined {
  if (format === 5 || format === 6) return 'a TIFF file of complex numbers';
  // Of grey ones, libvips makes integers before it hands them over.
  if (format === 3 && bits === 16 && photometric < 2) return 'a TIFF file of half-precision grey';
  if (photometric === 8 && bits === 8) return 'a TIFF file of 8-bit CIELAB';
  if (photometric === 32803) return 'a camera’s raw TIFF file (DNG)';
  return [1, 2, 4, 8, 16, 32].includes(bits) ? undefined : `a TIFF file of ${bits}-bit samples`;
}

/** Numbers of each field, the first sixteen. */
function readFields(file: Uint8Array): Map<number, readonly number[]> {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const little = latin1(file, 0, 2) === 'II';
  const isBig = view.getUint16(2, little) === 43;
  const fields = new Map<number, readonly number[]>();
  const [entryBytes, room] = isBig ? [20, 8] : [12, 4];
  const offset = (at: number): number =>
    isBig ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  const number = (at: number, type: number): number => {
    if (type === 1) return view.getUint8(at);
    if (type === 3) return view.getUint16(at, little);
    if (type === RATIONAL) return view.getUint32(at, little) / view.getUint32(at + 4, little);
    return type === 16 ? Number(view.getBigUint64(at, little)) : view.getUint32(at, little);
  };
  try {
    const directory = offset(isBig ? 8 : 4);
    const count = isBig
      ? Number(view.getBigUint64(directory, little))
      : view.getUint16(directory, little);
    const first = directory + (isBig ? 8 : 2);
    for (let i = 0; i < Math.min(count, MAX_FIELDS); i++) {
      const at = first + entryBytes * i;
      const [tag, type] = [view.getUint16(at, little), view.getUint16(at + 2, little)];
      const length = offset(at + 4);
      const bytes = BYTES[type];
      const start = at + 4 + room;
      const values = bytes && length * bytes > room ? offset(start) : start;
      const numbers = bytes ? Math.min(16, length) : 0;
      fields.set(
        tag,
        Array.from({ length: numbers }, (_, k) => number(values + k * bytes!, type)),
      );
    }
  } catch (error) {
    // Behind the end of the file: what is read so far will do, and libvips will complain.
    if (!(error instanceof RangeError)) throw error;
  }
  return fields;
}
