// A process that does jobs for another one: started by worker-pool.ts, and ended when that one ends.

import { beginWork } from './begin-work.js';
import { failureOf } from './exit-codes.js';
import type { Work } from './work.js';
import type { FromWorker, ToWorker } from './worker-pool.js';

let work: Promise<Work> | undefined;

process.on('message', (message: ToWorker) => {
  if (message.type === 'begin') {
    work = beginWork(message.args, (text) => send({ type: 'general', text }));
    // Why it could not begin is reported with the first job.
    work.catch(() => {});
    return;
  }
  const { job, alone } = message;
  const hooks = {
    notice: (text: string) => send({ type: 'notice', text }),
    detail: (text: string) => send({ type: 'detail', text }),
    progress: (fraction: number) => send({ type: 'progress', fraction }),
  };
  work
    ?.then((begun) => begun(job, hooks, alone))
    .then((finished) => send({ type: 'finished', finished }))
    .catch((error) => send({ type: 'failed', failure: failureOf(error, job.input) }));
});

// Unlike exit(), a signal lets a file be finished that is being written.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
