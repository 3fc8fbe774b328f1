// What a page and Nacre's worker say to each other, and how errors travel between them. Who sends what
// when is client.ts's and worker.ts's business.

import {
  type BitMap,
  CodecError,
  type CodecErrorCode,
  CorruptFileError,
  type DecodedImage,
  type DecodeOptions,
  FormatError,
  type ImageMetadata,
  type ModelDescription,
  ModelError,
  ModelMismatchError,
  TargetError,
  type TargetOptions,
  TooLargeError,
} from '@nacre/codec';
import {
  DeviceError,
  FetchError,
  InputError,
  ModelMissingError,
  OutputError,
} from '@nacre/codec/internal';
import type { DecodedBlob, DecodeToBlobOptions } from './decode-to-blob.js';
import type { Device } from './runtime-options.js';

/** Pixels as they travel: an `ImageData` itself cannot be transferred, its buffer can. */
export interface SentPixels {
  readonly width: number;
  readonly height: number;
  /** RGBA, 4·width·height bytes. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** A decoded image as it travels. */
export interface SentDecoded extends SentPixels, Pick<DecodedImage, 'damaged' | 'missing'> {}

/** The worker's model, as the page knows it. */
export interface SentModel {
  /** How the page names it to the worker. */
  readonly handle: number;
  readonly description: ModelDescription;
  readonly hash: Uint8Array;
  readonly device: string;
}

/** The options of all jobs that are numbers. */
interface SentLimits {
  readonly maxPixels: number | undefined;
  readonly windowPixels: number | undefined;
}

/** What a page can ask for. */
export type Task =
  | {
      readonly do: 'load';
      readonly url: string;
      readonly device: Device | undefined;
      readonly threads: number | undefined;
      readonly ortFolder: string | undefined;
    }
  | {
      readonly do: 'encode';
      readonly model: number;
      readonly image: SentPixels & { readonly metadata: ImageMetadata | undefined };
      readonly options: TargetOptions & SentLimits;
    }
  | {
      readonly do: 'decode' | 'measure';
      readonly model: number;
      readonly bytes: Uint8Array;
      /** To measure, its limits alone. */
      readonly options: Pick<DecodeOptions, 'region' | 'partial' | 'scale'> &
        Pick<DecodeToBlobOptions, 'incomplete'> &
        SentLimits;
      /** Whether the preview is wanted first. */
      readonly preview: boolean;
      /** Whether pixels are wanted or a PNG file. */
      readonly as: 'pixels' | 'png';
    }
  | { readonly do: 'release'; readonly model: number };

/** From the page: a task, or the wish that one be given up. */
export type Request =
  | { readonly id: number; readonly task: Task }
  | { readonly id: number; readonly abort: true };

/** From the worker, about the task of that id; `result` or `error` is the last. */
export type Reply =
  | { readonly id: number; readonly progress: number }
  | { readonly id: number; readonly notice: string }
  | { readonly id: number; readonly preview: SentDecoded | DecodedBlob }
  | {
      readonly id: number;
      readonly result: SentModel | SentDecoded | DecodedBlob | Uint8Array | BitMap | undefined;
    }
  | { readonly id: number; readonly error: SentError };

/** An error as it travels: structured cloning keeps neither classes nor codes. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code: CodecErrorCode | undefined;
}

/** The classes of errors that arrive as what they were; others arrive as an Error. */
const CLASSES: Readonly<
  Record<string, new (message: string) => CodecError | TypeError | RangeError>
> = {
  CorruptFileError,
  DeviceError,
  FetchError,
  ModelError,
  ModelMismatchError,
  ModelMissingError,
  RangeError,
  TargetError,
  TooLargeError,
  TypeError,
};

/** Makes an error ready to travel. */
export function packError(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined };
  const code = error instanceof CodecError ? error.code : undefined;
  return { name: error.name, message: error.message, code };
}

/** The error that was packed, of the same class and with the same code. */
export function unpackError({ name, message, code }: SentError): Error {
  const Class = CLASSES[name];
  if (Class) return new Class(message);
  switch (code) {
    case 'NOT_NCR':
    case 'UNSUPPORTED_VERSION':
      return new FormatError(code, message);
    case 'NOT_AN_IMAGE':
    case 'TRUNCATED_IMAGE':
      return new InputError(code, message);
    case 'OUTPUT_EXISTS':
    case 'UNKNOWN_EXTENSION':
      return new OutputError(code, message);
    default:
      return new Error(message);
  }
}
