import { readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** What is loaded with a file: its imports and theirs, without types and without what is loaded when it is needed. */
function loadedWith(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen
  seen.add(path)
  const text = readFileSync(join(ROOT, path), 'utf8')
  for (const [, imported = ''] of text.matchAll(/^(?:import|export) (?!type )[^'"()]*?from '([^']+)'/gms)) {
    if (imported.startsWith('.')) loadedWith(relative(ROOT, join(ROOT, dirname(path), imported)), seen)
    else seen.add(imported)
  }
  return seen
}

/** Small, and without a broker or a client in them. */
const ALLOWED = /^(src\/cli\/|src\/base\/|src\/config\/sources\/nearest-name\.ts$|node:(fs|path|util)$)/

// So that the help and the version come in less than twice the time of a bare Node process.
test.each([
  'src/cli/main.ts',
  'src/cli/admin/topics.ts',
  'src/cli/admin/groups.ts',
  'src/cli/admin/configs.ts',
  'src/cli/admin/produce.ts',
  'src/cli/admin/cluster.ts',
  'src/cli/admin/elect.ts',
  'src/cli/admin/reassign.ts',
  'src/cli/kafka/run-kafka-program.ts',
  'src/cli/kafka/topics/kafka-topics.ts',
  'src/cli/kafka/groups/kafka-consumer-groups.ts',
  'src/cli/kafka/console/kafka-console-consumer.ts',
  'src/cli/kafka/console/kafka-console-producer.ts',
])('%s loads neither broker nor client nor messages', (path) => {
  const others = [...loadedWith(path)].filter((loaded) => !ALLOWED.test(loaded) || loaded.startsWith('src/cli/operations/'))
  expect(others).toEqual([])
})

// It is a fifth of what Node itself takes to start, and only SASL needs it.
test('what asks a broker does so without node:crypto', () => {
  const loaded = loadedWith('src/cli/operations/cluster/open-client.ts')
  expect([...loaded].filter((path) => path.endsWith('crypto'))).toEqual([])
  expect(loaded).toContain('node:net')
})
