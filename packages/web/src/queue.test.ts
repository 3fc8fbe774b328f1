// One after another, whatever happens to each.

import { expect, test } from 'vitest';
import { Queue } from './queue.js';

test('jobs do not overlap, and a failure stops only itself', async () => {
  const queue = new Queue();
  const log: string[] = [];
  const job =
    (name: string, fails = false) =>
    async () => {
      log.push(`${name} begins`);
      await new Promise((later) => setTimeout(later));
      log.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([
    queue.run(job('a')),
    queue.run(job('b', true)),
    queue.run(job('c')),
  ]);
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

test('a job that is aborted while it waits never begins', async () => {
  const queue = new Queue();
  const controller = new AbortController();
  const first = queue.run(async () => controller.abort(new Error('enough')));
  const second = queue.run(() => expect.unreachable(), controller.signal);
  await first;
  await expect(second).rejects.toThrow('enough');
});
