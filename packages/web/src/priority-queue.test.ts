// The most urgent goes first, whenever it became so; and what interrupts what.
import { expect, test } from 'vitest';
import { PriorityQueue } from './priority-queue.js';

const forever = new AbortController().signal;

/** A job that ends when it is told to, and says in the log when it begins, ends and is interrupted. */
function job(log: string[], name: string, priority: () => number) {
  let end = (): void => {};
  const run = (signal: AbortSignal): Promise<string> => {
    log.push(`${name} begins`);
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        log.push(`${name} interrupted`);
        reject(signal.reason);
      });
      end = () => {
        log.push(`${name} ends`);
        resolve(name);
      };
    });
  };
  return { job: { priority, run, signal: forever }, end: () => end() };
}

const later = () => new Promise((done) => setTimeout(done));

test('the most urgent goes next, by what it is then; ties go in order', async () => {
  const log: string[] = [];
  const queue = new PriorityQueue();
  let urgency = 0;
  const jobs = [() => 0, () => 1, () => 1, () => urgency].map((priority, i) =>
    job(log, 'abcd'[i]!, priority),
  );
  const all = Promise.all(jobs.map((one) => queue.run(one.job)));
  urgency = 2;
  for (const i of [0, 3, 1, 2]) {
    await later();
    jobs[i]!.end();
  }
  expect(await all).toEqual(['a', 'b', 'c', 'd']);
  expect(log.filter((line) => line.endsWith('begins'))).toEqual([
    'a begins',
    'd begins',
    'b begins',
    'c begins',
  ]);
});

test('what is urgent interrupts what is not, which then begins again', async () => {
  const log: string[] = [];
  const queue = new PriorityQueue((waiting, running) => waiting >= running + 2);
  let urgency = 1;
  const [slow, fast] = [job(log, 'slow', () => 0), job(log, 'fast', () => urgency)];
  const first = queue.run(slow.job);
  const second = queue.run(fast.job);
  await later();
  expect(log).toEqual(['slow begins']);
  urgency = 2;
  queue.reconsider();
  await later();
  fast.end();
  await later();
  slow.end();
  expect(await Promise.all([first, second])).toEqual(['slow', 'fast']);
  expect(log).toEqual([
    'slow begins',
    'slow interrupted',
    'fast begins',
    'fast ends',
    'slow begins',
    'slow ends',
  ]);
});

test('a job that is given up never begins, and one that fails stops only itself', async () => {
  const log: string[] = [];
  const queue = new PriorityQueue();
  const running = job(log, 'running', () => 0);
  const controller = new AbortController();
  const first = queue.run(running.job);
  const second = queue.run({ ...job(log, 'never', () => 0).job, signal: controller.signal });
  const third = queue.run({
    priority: () => 0,
    signal: forever,
    run: () => Promise.reject(new Error('broken')),
  });
  controller.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
  running.end();
  expect(await first).toBe('running');
  await expect(third).rejects.toThrow('broken');
  await expect(queue.run({ priority: () => 0, signal: forever, run: async () => 7 })).resolves.toBe(
    7,
  );
  expect(log).toEqual(['running begins', 'running ends']);
});
