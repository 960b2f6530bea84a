import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const reports = process.env.ODRADEK_REPORTS

/** The tiers are folders; which script runs which is in package.json. With ODRADEK_REPORTS each run leaves a report there. */
export default defineConfig({
  // Examples say what users write; here that is the source beside them.
  resolve: { alias: { odradek: join(import.meta.dirname, 'src/index.ts') } },
  test: {
    include: ['test/**/*.test.ts', 'compat/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: reports === undefined ? ['default'] : ['default', 'json'],
    ...(reports === undefined ? {} : { outputFile: { json: join(reports, `${process.pid}.json`) } }),
  },
})
