// The public API of @nacre/codec. Sibling packages import everything else from internal.ts.
export { canonicalJson } from './canonical-json.js';
export { type DecodeOptions, decode, type ParsedFile, type ParseOptions, parse } from './decode.js';
export { type EncodeOptions, encode } from './encode.js';
export {
  CodecError,
  type CodecErrorCode,
  CorruptFileError,
  FormatError,
  ModelError,
  ModelMismatchError,
  TooLargeError,
} from './errors.js';
export type { Channels, DecodedImage, ImageMetadata, RawImage } from './image.js';
export { type InfoOptions, type NcrInfo, readInfo, readMetadata, type TileInfo } from './info.js';
export type { CancelSignal, JobOptions } from './job.js';
export { type BitMap, measureBits } from './measure-bits.js';
export {
  type GraphName,
  Model,
  type ReadGraphFile,
} from './model.js';
export { type GraphFile, type ModelDescription, parseModel } from './model-description.js';
export { type PsnrOptions, psnr } from './psnr.js';
export type { RateOptions } from './rate.js';
export type { Region } from './region.js';
export type { ExternalData, Graph, LoadingOptions, Runtime, Tensor } from './runtime.js';
export { ssimulacra2 } from './ssimulacra2.js';
export type { ImageSymbols } from './tile-coding.js';
