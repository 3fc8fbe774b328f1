// Runs the nacre command as a process, as its users do.

import { type SpawnOptions, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The program itself, which runs what is built. */
export const NACRE: string = fileURLToPath(
  new URL('../packages/cli/bin/nacre.js', import.meta.url),
);

/** How a run ended, and what it wrote. */
export interface Result {
  readonly exit: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** What {@link runNacre} takes besides arguments. */
export interface RunOptions {
  readonly folder: string;
  readonly input?: Uint8Array;
  /** Ends the reading of stdout before anything is written to it. */
  readonly closeStdout?: boolean;
  /** A file that stdout is. */
  readonly stdout?: number;
}

/** Runs the command in a folder, to its end. */
export async function runNacre(args: readonly string[], options: RunOptions): Promise<Result> {
  const { folder: cwd, input, closeStdout = false, stdout: descriptor } = options;
  const spawning: SpawnOptions = { cwd, stdio: ['pipe', descriptor ?? 'pipe', 'pipe'] };
  const child = spawn(process.execPath, [NACRE, ...args], spawning);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  if (closeStdout) child.stdout!.destroy();
  else child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr!.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin!.on('error', () => {}); // it need not read its input to the end
  child.stdin!.end(input);
  const exit = await new Promise<number | null>((done) => {
    child.on('close', done);
  });
  return { exit, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** The objects that were printed with --json, one on each line and nothing else. */
export function jsonLines({ stdout }: Pick<Result, 'stdout'>): Record<string, unknown>[] {
  const text = stdout.toString();
  if (text !== '' && !text.endsWith('\n')) throw new Error(`No end of line behind ${text}`);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
