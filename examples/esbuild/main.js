import { readImage } from '@nacre/web';
import { WorkerCodec } from '@nacre/web/client';
import { configure } from '@nacre/web/element';

const MODEL = '/photo-6/';
// esbuild bundles no workers: this one is prebuilt, and its files are beside it.
const WORKER = '/nacre/worker.js';
configure({ model: MODEL, worker: WORKER });
const codec = new WorkerCodec(WORKER);

const input = document.querySelector('input');
const output = document.querySelector('output');
const shown = document.querySelector('nacre-image');

input.addEventListener('change', async () => {
  const [file] = input.files;
  if (!file) return;
  output.value = 'Compressing…';
  try {
    const model = await codec.loadModel({ model: MODEL });
    const bytes = await codec.encode(await readImage(file), { model, quality: 50 });
    URL.revokeObjectURL(shown.src);
    shown.src = URL.createObjectURL(new Blob([bytes]));
    output.value = `${file.size} bytes became ${bytes.length} bytes`;
  } catch (error) {
    output.value = error.message;
  }
});
