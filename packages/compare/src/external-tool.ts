// Runs programs that the system may or may not have installed.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Programs that are installed together. */
export interface ExternalTool {
  readonly programs: readonly string[];
  /** The Debian package that has them. */
  readonly debianPackage: string;
}

/**
 * Says which program of a tool is missing, and how to install it.
 *
 * @returns a clause, or undefined if all of them can be run
 */
export async function whyMissing(tool: ExternalTool | undefined): Promise<string | undefined> {
  for (const program of tool?.programs ?? []) {
    if (!(await isInstalled(program))) {
      return `${program} is not installed (Debian: apt-get install ${tool!.debianPackage})`;
    }
  }
  return undefined;
}

/** Whether a program can be run. Called without arguments, it may fail, but it must start. */
export async function isInstalled(program: string): Promise<boolean> {
  return await execute(program).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT' && error.code !== 'EACCES',
  );
}

/**
 * Runs a program.
 *
 * @returns what it printed
 * @throws Error if it cannot be run or fails
 */
export async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execute(program, args, { maxBuffer: 2 ** 24 });
  return stdout;
}

/** Calls `work` with a new folder, which is deleted afterwards. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'nacre-compare-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
