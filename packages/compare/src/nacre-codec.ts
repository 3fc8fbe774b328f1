// Nacre as one of the codecs that are compared.
import { decode, encode, Model } from '@nacre/codec';
import { expectedButReceived } from '@nacre/codec/internal';
import { loadModel } from '@nacre/node';
import type { CodecRow, ImageCodec } from './image-codec.js';

/**
 * Nacre with a loaded model.
 *
 * @throws TypeError for anything but a model
 * @example
 * ```ts
 * const file = await nacreCodec(await loadModel()).encode(photo, 50);
 * ```
 */
export function nacreCodec(model: Model): ImageCodec {
  if (!(model instanceof Model)) throw new TypeError(expectedButReceived('Model', 'model', model));
  return {
    name: 'nacre',
    encode: (image, quality) => encode(model, image, { quality }),
    decode: (file) => decode(model, file),
  };
}

/** Nacre: `nacre` with the default model, `nacre:photo-6` or `nacre:FOLDER` with another. */
export const NACRE: CodecRow = {
  name: 'nacre',
  variant: 'MODEL',
  qualities: [1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
  async describe(variant) {
    const { description } = await loadModel({ model: variant, threads: 1 });
    return { description: `model ${description.id}, ${description.name}`, identity: description };
  },
  async open(variant) {
    return nacreCodec(await loadModel({ model: variant, threads: 1 }));
  },
};
