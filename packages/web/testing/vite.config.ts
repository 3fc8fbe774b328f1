// The test page built as README.md tells users to build theirs.

import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'vite';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const config: UserConfig = defineConfig({
  root: here('.'),
  build: {
    target: 'es2023',
    rolldownOptions: { input: [here('index.html'), here('gallery.html')] },
  },
  worker: { format: 'es' },
});

export default config;
