// The public door of @nacre/codec: all that other packages may use.
export { crc32c } from './crc32c.js';
export {
  checkDecodeOptions,
  type DecodeOptions,
  decode,
  type ParsedFile,
  type ParseOptions,
  parse,
} from './decode.js';
export { checkEncodeOptions, type EncodeOptions, encode } from './encode.js';
export {
  CodecError,
  type CodecErrorCode,
  CorruptFileError,
  DeviceError,
  FetchError,
  FormatError,
  InputError,
  ModelError,
  ModelMismatchError,
  ModelMissingError,
  OutputError,
  TooLargeError,
} from './errors.js';
export {
  type Channels,
  checkImage,
  type DecodedImage,
  type ImageMetadata,
  MAX_SIDE,
  type RawImage,
} from './image.js';
export { type InfoOptions, type NcrInfo, readInfo, readMetadata, type TileInfo } from './info.js';
export type { CancelSignal, JobOptions } from './job.js';
export { type BitMap, measureBits } from './measure-bits.js';
export {
  canonicalJson,
  type GraphFile,
  type GraphName,
  Model,
  type ModelDescription,
  parseModel,
  type ReadGraphFile,
} from './model.js';
export { type PsnrOptions, psnr } from './psnr.js';
export { RansDecoder, RansEncoder } from './rans.js';
export type { RateOptions } from './rate.js';
export type { Region } from './region.js';
export type { ExternalData, Graph, LoadingOptions, Runtime, Tensor } from './runtime.js';
export { FrequencyTables } from './tables.js';
export type { ImageSymbols } from './tile-coding.js';
export {
  checkBoolean,
  checkBytes,
  checkFunction,
  checkInteger,
  checkObject,
  checkString,
  expectedButReceived,
} from './validate.js';
