// What the packages of this repository share beyond the public API: argument checks, the errors of reading
// and writing files, and parts that tests and tools take apart. It may change in any release.
export { crc32c } from './crc32c.js';
export { checkDecodeOptions } from './decode.js';
export { DEFAULT_MODEL } from './default-model.js';
export { checkEncodeOptions } from './encode.js';
export { DeviceError, FetchError, InputError, ModelMissingError, OutputError } from './errors.js';
export { checkImage, checkImageOfAnyDepth, checkMetadata, isOf16Bits, MAX_SIDE } from './image.js';
export { checkSize, countPixelsIn } from './limits.js';
export { NcrFile } from './ncr-file.js';
export { checkParseOptions } from './open-for-model.js';
export { levelToQuality } from './quality.js';
export { RansDecoder, RansEncoder } from './rans.js';
export { checkRuntime } from './runtime.js';
export { FrequencyTables } from './tables.js';
export { TARGET_NAMES } from './targets.js';
export {
  checkBoolean,
  checkBytes,
  checkFunction,
  checkInteger,
  checkObject,
  checkString,
  expectedButReceived,
} from './validate.js';
