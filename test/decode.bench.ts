// How long 768×512 pixels take to decode, Node beside Chromium's WASM, one thread each, in one run; and their
// preview. It asserts nothing: `npm run bench`, or `npx vitest bench --run`.

import { decode, encode, type Model } from '@nacre/codec';
import { createRuntime } from '@nacre/node';
import { bench, describe } from 'vitest';
import { CHROMIUM, startSite } from './browser.js';
import { photograph } from './images.js';
import { modelOn, SHIPPED } from './runtimes.js';

const OPTIONS = { time: 100, iterations: 9, warmupTime: 0, warmupIterations: 2 };

describe.skipIf(!CHROMIUM)('decode 768×512, one thread', async () => {
  const model = await modelOn(await createRuntime({ threads: 1 }), SHIPPED);
  const bytes = await encode(model, photograph(768, 512), { quality: 50 });
  const site = await startSite({ '/model/': SHIPPED });
  site.put('/sample.ncr', bytes);
  const page = await site.open();
  await page.evaluate(async () => {
    nacre.kept.set(
      'model',
      await nacre.web.loadModel({ model: '/model/', device: 'wasm', threads: 1 }),
    );
    const response = await fetch('/sample.ncr');
    nacre.kept.set('bytes', new Uint8Array(await response.arrayBuffer()));
  });
  bench('Node', async () => void (await decode(model, bytes)), OPTIONS);
  bench('Node, preview', async () => void (await decode(model, bytes, { scale: 1 / 8 })), OPTIONS);
  bench(
    'Node, preview first',
    async () => void (await decode(model, bytes, { onPreview: () => {} })),
    OPTIONS,
  );
  bench(
    'Chromium, WASM',
    () =>
      page.evaluate(async () => {
        const model = nacre.kept.get('model') as Model;
        await nacre.web.decode(nacre.kept.get('bytes') as Uint8Array, { model });
      }),
    // Hooks do not run for benchmarks.
    { ...OPTIONS, teardown: (_, mode) => (mode === 'run' ? site.close() : undefined) },
  );
});
