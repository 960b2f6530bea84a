import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Node, startNode } from '../../src/index.ts'
import { ODRADEK_COMMAND } from './odradek.ts'

const DOCUMENT = new URL('../../docs/command-line.md', import.meta.url)
const blocks = [...(await readFile(DOCUMENT, 'utf8')).matchAll(/```sh\n(.*?)```/gs)].map(([, block = '']) => block)

let node: Node
let directory: string
beforeAll(async () => {
  node = await startNode({ logLevel: 'error' })
  directory = await mkdtemp(join(tmpdir(), 'odradek-command-line-'))
  await writeFile(join(directory, 'odradek'), `#!/bin/sh\nexec ${ODRADEK_COMMAND.map((word) => `'${word}'`).join(' ')} "$@"\n`)
  await chmod(join(directory, 'odradek'), 0o755)
})
afterAll(async () => {
  await node?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

/** Runs commands in a shell that finds `odradek`, on the node of this file. */
async function run(commands: string): Promise<string> {
  const env = { ...process.env, PATH: `${directory}:${process.env.PATH}`, ODRADEK_BOOTSTRAP_SERVERS: node.bootstrapServers }
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], { env, cwd: directory })
  return stdout
}

describe('the document’s examples, as they stand', { timeout: 120_000 }, () => {
  test.each(blocks.map((block, index) => ({ index, first: block.split('\n')[0], block })))('$index: $first …', async ({ block }) => {
    await run(block.replaceAll('localhost:9092', node.bootstrapServers))
  })

  test('and what they did is there', async () => {
    expect(await run('odradek consume orders --from-beginning --count 2 --key')).toBe('alice\t1\nbob\t2\n')
    expect(JSON.parse(await run('odradek configs describe topic orders --json'))).toContainEqual(
      expect.objectContaining({ name: 'retention.ms', value: '86400000' }),
    )
    expect(await readFile(join(directory, 'plan.json'), 'utf8')).toContain('"topic": "orders"')
  })
})

test('a link that has the name of one of Kafka’s programs is that program', async () => {
  const link = join(directory, 'kafka-topics.sh')
  await symlink(fileURLToPath(new URL('./run-source.ts', import.meta.url)), link)
  const [program = ''] = ODRADEK_COMMAND
  expect(await run(`'${program}' '${link}' --version`)).toBe('4.3.1\n')
})
