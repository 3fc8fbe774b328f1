// The codecs that can be measured, each as one function from picture and quality to file and picture.
// Settings live here and nowhere else; sweeping and averaging are rate-distortion.ts's business.
import {
  checkFunction,
  checkInteger,
  checkObject,
  decode,
  encode,
  expectedButReceived,
  Model,
  type RawImage,
} from '@nacre/codec';
import sharp from 'sharp';
import { checkRgb } from './rgb.js';

/** What a codec made of a picture. */
export interface Coded {
  /** The whole file. */
  readonly file: Uint8Array;
  /** What the file decodes to. */
  readonly image: RawImage;
}

/** A lossy picture codec with one knob. */
export interface PictureCodec {
  readonly name: string;
  /** Encodes to a whole file and decodes that file again; quality is an integer in 1..100. */
  code(image: RawImage, quality: number): Promise<Coded>;
}

/**
 * Asserts that an argument is a codec.
 *
 * @throws TypeError if it is none
 */
export function checkCodec(value: unknown): asserts value is PictureCodec {
  checkObject(value, 'codec');
  checkFunction((value as Partial<PictureCodec>).code, 'codec.code');
}

/**
 * Nacre with a loaded model.
 *
 * @throws TypeError for anything but a model
 * @example
 * const { file, image } = await nacreCodec(await loadModel()).code(photo, 50);
 */
export function nacreCodec(model: Model): PictureCodec {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  return {
    name: 'nacre',
    async code(image, quality) {
      const file = await encode(model, image, { quality });
      return { file, image: await decode(model, file) };
    },
  };
}

/**
 * JPEG as sharp writes it for the web: 4:2:0, optimised Huffman tables, progressive; not MozJPEG's
 * trellis quantisation. Published under this name among the anchors on Kodak.
 */
export const sharpJpeg: PictureCodec = {
  name: 'sharp-jpeg-420-prog',
  async code(image, quality) {
    checkRgb(image, 'image');
    checkInteger(quality, 1, 100, 'quality');
    const { width, height, data } = image;
    const file = await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({
        quality,
        chromaSubsampling: '4:2:0',
        optimiseCoding: true,
        progressive: true,
        mozjpeg: false,
      })
      .toBuffer();
    const decoded = await sharp(file).raw().toBuffer();
    return { file, image: { width, height, channels: 3, data: decoded } };
  },
};
