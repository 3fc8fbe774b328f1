// What a command of nacre is to main.ts: once the command line is read, something to run.

import type { Failure } from './exit-codes.js';
import type { Report } from './report.js';

/** What a command has done. */
export interface Outcome {
  /** With --json printed at the end; left out by commands that print an object per file. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** The first failure, if there was one. */
  readonly failure?: Failure | undefined;
}

/** What the command line asks for. */
export interface Request {
  readonly command: string;
  /** Whether a file goes to stdout. */
  readonly stdoutIsData: boolean;
  readonly verbose: boolean | undefined;
  readonly run: (report: Report) => Promise<Outcome>;
}

/** Takes what a command has made of its part of the command line. */
export type Submit = (request: Request) => void;
