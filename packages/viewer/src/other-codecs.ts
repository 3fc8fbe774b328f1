// JPEG, WebP and AVIF as a worker can write them: by the browser where it does, else by WASM builds of
// the usual encoders, fetched from beside the page when first needed. Which quality to take is not
// decided here.

/** What Nacre is compared with. */
export type OtherCodec = 'jpeg' | 'webp' | 'avif';

/** How a codec is written here. */
export interface Encoder {
  /** Its qualities; 100 of WebP would be another format, the lossless one. */
  readonly range: readonly [low: number, high: number];
  /** What writes it, for people. */
  readonly by: string;
  readonly encode: (image: ImageData, quality: number) => Promise<Blob>;
}

const RANGES: Readonly<Record<OtherCodec, readonly [number, number]>> = {
  jpeg: [1, 100],
  webp: [1, 99],
  avif: [1, 99],
};

const found = new Map<OtherCodec, Promise<Encoder>>();

/**
 * The encoder of a codec in this browser; found out once.
 *
 * @example
 * ```ts
 * const { encode } = await encoderOf('avif');
 * const file = await encode(image, 50);
 * ```
 */
export function encoderOf(codec: OtherCodec): Promise<Encoder> {
  const known = found.get(codec);
  if (known) return known;
  const finding = find(codec);
  found.set(codec, finding);
  finding.catch(() => found.delete(codec));
  return finding;
}

async function find(codec: OtherCodec): Promise<Encoder> {
  const range = RANGES[codec];
  const blank = new ImageData(8, 8);
  // A browser that cannot write a format writes PNG in its place.
  if ((await byBrowser(blank, codec, 50)).type === `image/${codec}`) {
    return { range, by: 'this browser', encode: (image, q) => byBrowser(image, codec, q) };
  }
  const encode = codec === 'avif' ? await avifEncoder() : await webpEncoder();
  const toBlob = (bytes: Uint8Array | null): Blob => {
    if (!bytes) throw new Error(`This image could not be written as ${codec}.`);
    return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${codec}` });
  };
  return {
    range,
    by: codec === 'avif' ? 'libaom, speed 6' : 'libwebp',
    encode: async (image, quality) => toBlob(encode(image, quality)),
  };
}

async function byBrowser(image: ImageData, codec: OtherCodec, quality: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.putImageData(image, 0, 0);
  if (codec === 'jpeg') {
    // It has no transparency, and browsers would put black behind.
    context.globalCompositeOperation = 'destination-over';
    context.fillStyle = 'white';
    context.fillRect(0, 0, image.width, image.height);
  }
  return await canvas.convertToBlob({ type: `image/${codec}`, quality: quality / 100 });
}

type WasmEncoder = (image: ImageData, quality: number) => Uint8Array | null;

/**
 * In one thread: jSquash's own entry point would take as many as there are, and its threads load parts
 * of the page with them.
 */
async function avifEncoder(): Promise<WasmEncoder> {
  const [{ default: start }, { defaultOptions }] = await Promise.all([
    import('@jsquash/avif/codec/enc/avif_enc.js'),
    import('@jsquash/avif/meta.js'),
  ]);
  const { encode } = await start({ noInitialRun: true });
  return ({ data, width, height }, quality) =>
    encode(data as Uint8ClampedArray<ArrayBuffer>, width, height, { ...defaultOptions, quality });
}

/** For Safari, which reads WebP and does not write it. */
async function webpEncoder(): Promise<WasmEncoder> {
  const [{ default: start }, { defaultOptions }] = await Promise.all([
    import('@jsquash/webp/codec/enc/webp_enc_simd.js'),
    import('@jsquash/webp/meta.js'),
  ]);
  const { encode } = await start({ noInitialRun: true });
  return ({ data, width, height }, quality) =>
    encode(data as Uint8ClampedArray<ArrayBuffer>, width, height, { ...defaultOptions, quality });
}
