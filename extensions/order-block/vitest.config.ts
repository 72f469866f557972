import {defineConfig} from 'vitest/config';

// package.json has vite use the build of rollup without native code: its packages
// for single platforms come later to some registries than rollup itself.
export default defineConfig({
  esbuild: {jsx: 'automatic', jsxImportSource: 'preact'},
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.{ts,tsx}'],
    testTimeout: 30_000,
    // Shopify's tester imports the extension's .tsx itself, which Node alone cannot.
    server: {deps: {inline: ['@shopify/ui-extensions-tester']}},
  },
});
