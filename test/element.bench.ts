// How soon the last of 300 lazy images shows after a jump to the end of the page, beside one image alone, in
// Chromium's WASM. It asserts nothing: `npm run bench`, or `npx vitest bench --run`.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bench, describe } from 'vitest';
import { CHROMIUM, startSite } from './browser.js';
import { SHIPPED } from './runtimes.js';

const OPTIONS = { time: 0, iterations: 3, warmupTime: 0, warmupIterations: 1 };

describe.skipIf(!CHROMIUM)('640×432, one image visible at a time', async () => {
  const site = await startSite({ '/model/': SHIPPED });
  const sample = fileURLToPath(new URL('../samples/pagoda-50.ncr', import.meta.url));
  site.put('/sample.ncr', await readFile(sample));
  const viewport = { width: 800, height: 480 };
  const page = await site.open({ path: 'gallery.html', isolated: false, viewport });
  let run = 0;
  const gallery = (count: number, jump: boolean) =>
    page.evaluate(
      async ([count, jump, run]) => {
        const all = Array.from({ length: count }, (_, i) => {
          const image = document.createElement('nacre-image');
          image.setAttribute(
            'style',
            'display: block; width: 640px; height: 432px; margin: 48px 0',
          );
          image.loading = 'lazy';
          image.src = `/sample.ncr?${run}-${i}`;
          return image;
        });
        document.body.replaceChildren(...all);
        if (jump) scrollTo(0, document.body.scrollHeight);
        await new Promise((shown) => all.at(-1)!.addEventListener('load', shown));
        scrollTo(0, 0);
      },
      [count, jump, run++] as const,
    );
  bench('one alone', () => gallery(1, false), OPTIONS);
  bench('the last of 300, after a jump to the end', () => gallery(300, true), {
    ...OPTIONS,
    // Hooks do not run for benchmarks.
    teardown: (_, mode) => (mode === 'run' ? site.close() : undefined),
  });
});
