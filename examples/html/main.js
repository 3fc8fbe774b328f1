import { configure, readImage, registerServiceWorker, WorkerCodec } from './nacre/nacre.js';

const MODEL = '/photo-6/';
configure({ model: MODEL });
const codec = new WorkerCodec();
// With this, <img src="photo.ncr"> works as well.
registerServiceWorker(`/service-worker.js?model=${MODEL}&ort=/nacre/ort/`);

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
