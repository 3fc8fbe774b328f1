// The codecs that can be measured, each as one function from image and quality to a file and one from
// the file to pixels. Settings live here and nowhere else; sweeping and averaging are done elsewhere.
import { decode, encode, Model, type RawImage } from '@nacre/codec';
import {
  checkFunction,
  checkInteger,
  checkObject,
  expectedButReceived,
} from '@nacre/codec/internal';
import sharp, { type AvifOptions, type JpegOptions, type WebpOptions } from 'sharp';
import { checkRgb } from './rgb.js';

/** A lossy image codec with one knob. */
export interface ImageCodec {
  readonly name: string;
  /** Encodes to a whole file; quality is an integer in 1..100. */
  encode(image: RawImage, quality: number): Promise<Uint8Array>;
  /** Decodes such a file. */
  decode(file: Uint8Array): Promise<RawImage>;
}

/**
 * Asserts that an argument is a codec.
 *
 * @throws TypeError if it is none
 */
export function checkCodec(value: unknown): asserts value is ImageCodec {
  checkObject(value, 'codec');
  checkFunction((value as Partial<ImageCodec>).encode, 'codec.encode');
  checkFunction((value as Partial<ImageCodec>).decode, 'codec.decode');
}

/**
 * Nacre with a loaded model.
 *
 * @throws TypeError for anything but a model
 * @example
 * const file = await nacreCodec(await loadModel()).encode(photo, 50);
 */
export function nacreCodec(model: Model): ImageCodec {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  return {
    name: 'nacre',
    encode: (image, quality) => encode(model, image, { quality }),
    decode: (file) => decode(model, file),
  };
}

/** The name of one of sharp's codecs here. */
export type SharpCodecName = 'jpeg' | 'mozjpeg' | 'webp' | 'avif' | 'avif-iq';

/** What sharp is asked for, and in words what that is. */
interface SharpSettings {
  readonly format: 'jpeg' | 'webp' | 'avif';
  readonly options: JpegOptions | WebpOptions | AvifOptions;
  readonly description: string;
}

const { mozjpeg, webp, heif, aom } = sharp.versions;

/** sharp's codecs, each at the settings it is measured with. */
const SHARP_CODECS: Readonly<Record<SharpCodecName, SharpSettings>> = {
  jpeg: {
    format: 'jpeg',
    options: {
      chromaSubsampling: '4:2:0',
      optimiseCoding: true,
      progressive: true,
      mozjpeg: false,
    },
    description: '4:2:0, optimised Huffman tables, progressive; no trellis quantisation',
  },
  mozjpeg: {
    format: 'jpeg',
    options: { chromaSubsampling: '4:2:0', mozjpeg: true },
    description: `MozJPEG ${mozjpeg}: 4:2:0, trellis quantisation, optimised scans`,
  },
  webp: {
    format: 'webp',
    options: { effort: 6 },
    description: `libwebp ${webp}: 4:2:0, effort 6 of 6`,
  },
  // sharp tunes AVIF for the eye unless told otherwise, which costs 7 % of the rate in PSNR: so there
  // are both, and AVIF is measured in each metric at its best.
  avif: {
    format: 'avif',
    options: { chromaSubsampling: '4:2:0', effort: 4, bitdepth: 8, tune: 'psnr' },
    description: `libheif ${heif}, libaom ${aom}: 4:2:0, 8 bits, effort 4 of 9 (speed 5), tune psnr`,
  },
  'avif-iq': {
    format: 'avif',
    options: { chromaSubsampling: '4:2:0', effort: 4, bitdepth: 8, tune: 'iq' },
    description: `libheif ${heif}, libaom ${aom}: 4:2:0, 8 bits, effort 4 of 9 (speed 5), tune iq, sharp's default`,
  },
};

/** The codecs that can be named on the command line. */
export const CODEC_NAMES: readonly CodecName[] = [
  'nacre',
  ...(Object.keys(SHARP_CODECS) as SharpCodecName[]),
];

/** One of {@link CODEC_NAMES}. */
export type CodecName = 'nacre' | SharpCodecName;

/** The qualities that each codec is swept over where none are named, for about 0.1 to 3 bpp. */
export const DEFAULT_QUALITIES: Readonly<Record<CodecName, readonly number[]>> = {
  nacre: [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
  jpeg: [5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90],
  mozjpeg: [5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90],
  webp: [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90],
  avif: [10, 20, 30, 40, 50, 60, 70, 80, 90],
  'avif-iq': [10, 20, 30, 40, 50, 60, 70, 80, 90],
};

/**
 * The settings of one of sharp's codecs in words, and all that its files depend on.
 *
 * @throws TypeError for an unknown name
 */
export function describeSharpCodec(name: SharpCodecName): {
  readonly description: string;
  readonly identity: unknown;
} {
  const { format, options, description } = settingsOf(name);
  return {
    description: `sharp ${sharp.versions.sharp}, ${description}`,
    identity: [format, options, sharp.versions],
  };
}

/**
 * One of sharp's codecs, at the settings of {@link describeSharpCodec}.
 *
 * @throws TypeError for an unknown name
 * @example
 * const file = await sharpCodec('avif').encode(photo, 50);
 */
export function sharpCodec(name: SharpCodecName): ImageCodec {
  const { format, options } = settingsOf(name);
  return {
    name,
    async encode(image, quality) {
      checkRgb(image, 'image');
      checkInteger(quality, 1, 100, 'quality');
      const { width, height, data } = image;
      return await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
        .toFormat(format, { ...options, quality })
        .toBuffer();
    },
    async decode(file) {
      const { data, info } = await sharp(file, { limitInputPixels: false })
        .toColourspace('srgb')
        .removeAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, channels: 3, data };
    },
  };
}

function settingsOf(name: SharpCodecName): SharpSettings {
  if (typeof name !== 'string' || !Object.hasOwn(SHARP_CODECS, name)) {
    throw new TypeError(expectedButReceived(Object.keys(SHARP_CODECS).join(' | '), 'name', name));
  }
  return SHARP_CODECS[name];
}
