// Where vitest finds the tests: beside the sources, and in test/ where they span packages.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['packages/*/src/**/*.test.ts', 'test/**/*.test.ts'], testTimeout: 30_000 },
});
