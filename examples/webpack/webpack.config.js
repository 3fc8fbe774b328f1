import { fileURLToPath } from 'node:url';
import CopyPlugin from 'copy-webpack-plugin';

const models = fileURLToPath(new URL('.', import.meta.resolve('@nacre/models/package.json')));

export default {
  mode: 'production',
  entry: './main.js',
  // Chunks and the worker are modules, as their scripts are.
  experiments: { outputModule: true },
  output: { module: true, clean: true },
  plugins: [
    new CopyPlugin({
      patterns: ['index.html', { from: `${models}photo-6`, to: 'photo-6' }],
    }),
  ],
};
