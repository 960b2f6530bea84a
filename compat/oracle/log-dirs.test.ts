import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { runScenarios } from './run-scenarios.ts'
import { logDirScenarios } from './scenarios/log-dirs.ts'

const base = mkdtempSync(join(tmpdir(), 'odradek-log-dirs-'))
afterAll(() => rmSync(base, { recursive: true, force: true, maxRetries: 3 }))

let nodes = 0
/** Each node has three directories of its own. */
runScenarios('log directories', logDirScenarios, () => {
  const node = join(base, String(++nodes))
  return { 'log.dirs': ['one', 'two', 'three'].map((name) => join(node, name)).join() }
})
