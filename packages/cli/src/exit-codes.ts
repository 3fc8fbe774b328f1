// What the exit codes of the nacre command mean: one for each way to fail. No text is printed here.

/** A wrong command line: nothing has been done. */
export class UsageError extends Error {
  readonly code = 'USAGE';
}

/** Every exit code, the error code behind it and what it means, in the order of `--help`. */
export const EXIT_CODES = [
  { exit: 0, code: 'OK', meaning: 'everything was done' },
  { exit: 1, code: 'INTERNAL', meaning: 'an error in nacre itself: please report it' },
  { exit: 2, code: 'USAGE', meaning: 'a wrong command line; nothing was done' },
  { exit: 3, code: 'FILE', meaning: 'a file cannot be read or written' },
  { exit: 4, code: 'NOT_AN_IMAGE', meaning: 'the input is not an image that can be read' },
  { exit: 5, code: 'TRUNCATED_IMAGE', meaning: 'the input image is cut short or damaged' },
  {
    exit: 6,
    code: 'IMAGE_TOO_LARGE',
    meaning: 'the image does not fit the memory or the format',
  },
  { exit: 7, code: 'NOT_NCR', meaning: 'the input is not a .ncr file' },
  { exit: 8, code: 'UNSUPPORTED_VERSION', meaning: 'the .ncr file is of a later version' },
  { exit: 9, code: 'CORRUPT_FILE', meaning: 'the .ncr file is truncated or damaged' },
  { exit: 10, code: 'MODEL_MISSING', meaning: 'there is no such model' },
  { exit: 11, code: 'MODEL_MISMATCH', meaning: 'the .ncr file was made with another model' },
  { exit: 12, code: 'BAD_MODEL', meaning: 'the model folder is damaged' },
  { exit: 13, code: 'DEVICE_UNAVAILABLE', meaning: 'the device cannot run here' },
  { exit: 14, code: 'OUTPUT_EXISTS', meaning: 'the output exists; --force overwrites it' },
  { exit: 15, code: 'UNKNOWN_EXTENSION', meaning: 'the name of the output says no known format' },
  { exit: 16, code: 'FETCH_FAILED', meaning: 'a file cannot be fetched over the network' },
  { exit: 17, code: 'TARGET_UNREACHABLE', meaning: 'no quality meets the target' },
] as const;

/** The `code` of one of {@link EXIT_CODES}. */
export type FailureCode = (typeof EXIT_CODES)[number]['code'];

/** A failure as it is reported: its code, its exit code and one line that says what to do. */
export interface Failure {
  readonly code: FailureCode;
  readonly exit: number;
  readonly message: string;
}

/** What the system's own errors mean to the user, and what to do. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file or folder: check the name.',
  EACCES: 'Permission denied: check who may read and write here.',
  EPERM: 'Permission denied: check who may read and write here.',
  EEXIST: 'A file of this name is in the way: choose another name.',
  EISDIR: 'This is a folder: name the files in it.',
  ENOTDIR: 'A part of this path is a file, not a folder: check the name.',
  ENOSPC: 'The disk is full: free some space.',
  EROFS: 'The disk is read-only: write elsewhere.',
  ENOTSUP: 'No folder can be created here: choose another place.',
  EPIPE: 'The program that reads from the pipe has ended.',
};

/** The options that a message's remedy asks for, which libraries do not know. */
const REMEDIES: Partial<Record<FailureCode, string>> = {
  OUTPUT_EXISTS: '--force',
  TRUNCATED_IMAGE: '--allow-damaged',
};

/**
 * Any thrown value as a {@link Failure}.
 *
 * @param input - the file that the failure is reported of; a message says which other file it means.
 * @example
 * ```ts
 * failureOf(new UsageError('Expected …')).exit; // 2
 * ```
 */
export function failureOf(error: unknown, input?: string): Failure {
  const { code, message, syscall, path } = error as NodeJS.ErrnoException;
  const known = EXIT_CODES.find((row) => row.code === code);
  if (known)
    return { code: known.code, exit: known.exit, message: withRemedy(known.code, message) };
  if (syscall !== undefined && code !== undefined) {
    const place = path === undefined || path === input ? '' : `${path}: `;
    const meaning = SYSTEM_ERRORS[code];
    return { code: 'FILE', exit: 3, message: meaning ? place + meaning : message };
  }
  const text = error instanceof Error ? (error.stack ?? message) : String(error);
  return { code: 'INTERNAL', exit: 1, message: text };
}

function withRemedy(code: FailureCode, message: string): string {
  const option = REMEDIES[code];
  if (!option || message.includes(option)) return message;
  return message.replace(/\.$/, ` (${option}).`);
}
