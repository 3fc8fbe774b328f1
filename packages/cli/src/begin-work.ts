// The commands that do one job after the other, or several at once in processes of their own.

import type { CompressArguments } from './compress.js';
import type { DecompressArguments } from './decompress.js';
import type { Work } from './work.js';

/** All that such a command is asked to do; it can be sent to another process. */
export type BatchArguments = CompressArguments | DecompressArguments;

/**
 * Begins the work of a command: loads its model, and what else all jobs need.
 *
 * @param onNotice - called with what is not about a single file.
 */
export async function beginWork(
  args: BatchArguments,
  onNotice: (text: string) => void,
): Promise<Work> {
  switch (args.command) {
    case 'compress':
      return await (await import('./compress.js')).beginCompress(args, onNotice);
    case 'decompress':
      return await (await import('./decompress.js')).beginDecompress(args, onNotice);
  }
}
