// Errors arrive from the worker as what they were: same class, code and message.

import {
  CodecError,
  type CodecErrorCode,
  CorruptFileError,
  FormatError,
  ModelError,
  ModelMismatchError,
  TargetError,
  TooLargeError,
} from '@nacre/codec';
import {
  DeviceError,
  FetchError,
  InputError,
  ModelMissingError,
  OutputError,
} from '@nacre/codec/internal';
import { expect, test } from 'vitest';
import { packError, unpackError } from './messages.js';

/** One error of every code; the compiler sees that none is missing. */
const ERRORS: Readonly<Record<CodecErrorCode, CodecError>> = {
  NOT_NCR: new FormatError('NOT_NCR', 'a'),
  UNSUPPORTED_VERSION: new FormatError('UNSUPPORTED_VERSION', 'b'),
  CORRUPT_FILE: new CorruptFileError('c'),
  MODEL_MISSING: new ModelMissingError('d'),
  MODEL_MISMATCH: new ModelMismatchError('e'),
  BAD_MODEL: new ModelError('f'),
  IMAGE_TOO_LARGE: new TooLargeError('g'),
  TARGET_UNREACHABLE: new TargetError('n'),
  NOT_AN_IMAGE: new InputError('NOT_AN_IMAGE', 'h'),
  TRUNCATED_IMAGE: new InputError('TRUNCATED_IMAGE', 'i'),
  OUTPUT_EXISTS: new OutputError('OUTPUT_EXISTS', 'j'),
  UNKNOWN_EXTENSION: new OutputError('UNKNOWN_EXTENSION', 'k'),
  DEVICE_UNAVAILABLE: new DeviceError('l'),
  FETCH_FAILED: new FetchError('m'),
};

test.each(Object.entries(ERRORS))('%s', (code, error) => {
  const arrived = unpackError(structuredClone(packError(error)));
  expect(arrived).toBeInstanceOf(error.constructor);
  expect(arrived).toMatchObject({ code, message: error.message, name: error.name });
});

test('a caller’s mistakes, and what nobody foresaw', () => {
  for (const error of [new TypeError('a'), new RangeError('b'), new Error('c')]) {
    const arrived = unpackError(structuredClone(packError(error)));
    expect(arrived.constructor).toBe(error.constructor);
    expect(arrived.message).toBe(error.message);
  }
  expect(unpackError(packError('no error'))).not.toBeInstanceOf(CodecError);
});
