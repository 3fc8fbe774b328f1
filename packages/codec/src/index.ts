// The public API of @nacre/codec. Sibling packages import everything else from internal.ts.
export { canonicalJson } from './canonical-json.js';
export { type DecodeOptions, type DecodeOptions16, decode } from './decode.js';
export { type EncodeOptions, encode } from './encode.js';
export {
  CodecError,
  type CodecErrorCode,
  CorruptFileError,
  FormatError,
  ModelError,
  ModelMismatchError,
  TargetError,
  TooLargeError,
} from './errors.js';
export type {
  Channels,
  DecodedImage,
  DecodedImage16,
  ImageMetadata,
  RawImage,
  RawImage16,
} from './image.js';
export { type BitMap, measureBits } from './measure-bits.js';
export { type GraphName, Model, type ReadGraphFile } from './model.js';
export { type GraphFile, type ModelDescription, parseModel } from './model-description.js';
export {
  type NcrFile,
  type OpenOptions,
  openNcr,
  type SectionInfo,
  type TileInfo,
} from './ncr-file.js';
export type { NcrSource, ParseOptions } from './open-for-model.js';
export { type PackInput, pack } from './pack.js';
export { type ParsedImage, parse } from './parse.js';
export type { CancelSignal, ProgressOptions } from './progress.js';
export { type PsnrOptions, psnr } from './psnr.js';
export type { Region } from './region.js';
export type { ExternalData, Graph, LoadingOptions, Runtime, Tensor } from './runtime.js';
export { ssimulacra2 } from './ssimulacra2.js';
export type { TargetOptions } from './targets.js';
export type { CodedSymbols, ImageSymbols } from './tile-coding.js';
