// Errors that are not the caller's fault: files, images, models, devices. A caller's mistakes are TypeError
// and RangeError (validate.ts).

/** Stable names of the errors, for programs to switch on. */
export type CodecErrorCode =
  | 'NOT_NCR'
  | 'UNSUPPORTED_VERSION'
  | 'CORRUPT_FILE'
  | 'MODEL_MISSING'
  | 'MODEL_MISMATCH'
  | 'BAD_MODEL'
  | 'IMAGE_TOO_LARGE'
  | 'TARGET_UNREACHABLE'
  | 'NOT_AN_IMAGE'
  | 'TRUNCATED_IMAGE'
  | 'OUTPUT_EXISTS'
  | 'UNKNOWN_EXTENSION'
  | 'DEVICE_UNAVAILABLE'
  | 'FETCH_FAILED';

/**
 * The base class of Nacre's errors. Each has a stable `code`, and a message of one line that ends with what
 * to do next.
 *
 * @example
 * ```ts
 * try {
 *   await decode(model, bytes);
 * } catch (error) {
 *   if (error instanceof CodecError && error.code === 'CORRUPT_FILE') fetchAgain();
 * }
 * ```
 */
export class CodecError<Code extends CodecErrorCode = CodecErrorCode> extends Error {
  /** Name of the class. */
  override readonly name: string = 'CodecError';
  /** Stable name of the error. */
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The bytes are not a `.ncr` file, or one that needs a later decoder. */
export class FormatError extends CodecError<'NOT_NCR' | 'UNSUPPORTED_VERSION'> {
  /** Name of the class. */
  override readonly name = 'FormatError';
}

/** A `.ncr` file was cut off or changed after it was written. */
export class CorruptFileError extends CodecError<'CORRUPT_FILE'> {
  /** Name of the class. */
  override readonly name = 'CorruptFileError';

  constructor(message: string, options?: ErrorOptions) {
    super('CORRUPT_FILE', message, options);
  }
}

/** The model is not installed. */
export class ModelMissingError extends CodecError<'MODEL_MISSING'> {
  /** Name of the class. */
  override readonly name = 'ModelMissingError';

  constructor(message: string, options?: ErrorOptions) {
    super('MODEL_MISSING', message, options);
  }
}

/** The file was made with another model. */
export class ModelMismatchError extends CodecError<'MODEL_MISMATCH'> {
  /** Name of the class. */
  override readonly name = 'ModelMismatchError';

  constructor(message: string, options?: ErrorOptions) {
    super('MODEL_MISMATCH', message, options);
  }
}

/** A model folder is damaged, or its networks do not do what the format requires. */
export class ModelError extends CodecError<'BAD_MODEL'> {
  /** Name of the class. */
  override readonly name = 'ModelError';

  constructor(message: string, options?: ErrorOptions) {
    super('BAD_MODEL', message, options);
  }
}

/** An image is larger than allowed, or than the memory or the format can hold. */
export class TooLargeError extends CodecError<'IMAGE_TOO_LARGE'> {
  /** Name of the class. */
  override readonly name = 'TooLargeError';

  constructor(message: string, options?: ErrorOptions) {
    super('IMAGE_TOO_LARGE', message, options);
  }
}

/** No quality meets the target: even the smallest file is too large, or even the best image not good enough. */
export class TargetError extends CodecError<'TARGET_UNREACHABLE'> {
  /** Name of the class. */
  override readonly name = 'TargetError';

  constructor(message: string, options?: ErrorOptions) {
    super('TARGET_UNREACHABLE', message, options);
  }
}

/** An input is not an image, or is cut short. */
export class InputError extends CodecError<'NOT_AN_IMAGE' | 'TRUNCATED_IMAGE'> {
  /** Name of the class. */
  override readonly name = 'InputError';
}

/** An output cannot be written. */
export class OutputError extends CodecError<'OUTPUT_EXISTS' | 'UNKNOWN_EXTENSION'> {
  /** Name of the class. */
  override readonly name = 'OutputError';
}

/** The requested device cannot run here. */
export class DeviceError extends CodecError<'DEVICE_UNAVAILABLE'> {
  /** Name of the class. */
  override readonly name = 'DeviceError';

  constructor(message: string, options?: ErrorOptions) {
    super('DEVICE_UNAVAILABLE', message, options);
  }
}

/** A file could not be fetched over the network: an image, a model, or a part of the decoder. */
export class FetchError extends CodecError<'FETCH_FAILED'> {
  override readonly name = 'FetchError';

  constructor(message: string, options?: ErrorOptions) {
    super('FETCH_FAILED', message, options);
  }
}
