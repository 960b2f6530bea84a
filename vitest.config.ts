import { defineConfig } from 'vitest/config'

/** The tiers are folders: see CONTRIBUTING.md. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'compat/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
