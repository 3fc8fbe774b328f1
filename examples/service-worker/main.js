import { registerServiceWorker } from './nacre/nacre.js';

// The query has the settings: where the model is, and where the files of ONNX Runtime are.
await registerServiceWorker('/service-worker.js?model=/photo-6/&ort=/nacre/ort/');
