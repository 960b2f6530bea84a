import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
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

/** As `run`, with the exit code and both outputs. */
async function outcome(commands: string): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> {
  const script = `set +e; (${commands}) 2>${directory}/err; echo "exit $?"`
  const [out = '', exit] = (await run(script)).split(/exit (\d+)\n$/)
  return { exit: Number(exit), out, err: await readFile(join(directory, 'err'), 'utf8') }
}

test('records that are refused make `produce` end with 1; Kafka’s program tells of them and ends with 0', async () => {
  await run('odradek topics create narrow --config max.message.bytes=200')
  const lines = `(printf 'small\\n'; head -c 1000 /dev/zero | tr '\\0' x; printf '\\nlast\\n')`
  const refused = { err: expect.stringContaining('org.apache.kafka.common.errors.RecordTooLargeException') }
  expect(await outcome(`${lines} | odradek produce narrow`)).toMatchObject({ exit: 1, ...refused })
  expect(await outcome(`${lines} | odradek kafka-console-producer --bootstrap-server ${node.bootstrapServers} --topic narrow`)).toMatchObject({
    exit: 0,
    ...refused,
  })
  expect(await run('odradek consume narrow -a --count 4')).toBe('small\nlast\nsmall\nlast\n')
})

describe('a broker that says nothing', () => {
  test.each([
    ['odradek consume orders', 'Timed out waiting for a node assignment. Call: describeTopics'],
    ['odradek consume orders --group g', 'Timed out waiting for a node assignment. Call: metadata'],
    ['echo x | odradek produce orders', 'Topic orders not present in metadata after 300 ms.'],
    ['odradek topics list', 'Timed out waiting for a node assignment. Call: listTopics'],
  ])('is not waited for longer than --timeout-ms says: %s', async (command, message) => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    try {
      const { port } = silent.address() as AddressInfo
      const { exit, err } = await outcome(`time -p ${command} --bootstrap-server 127.0.0.1:${port} --timeout-ms 300`)
      expect([exit, err]).toEqual([1, expect.stringContaining(message)])
      expect(Number(/real ([0-9.]+)/.exec(err)?.[1])).toBeLessThan(10)
    } finally {
      silent.close()
    }
  })
})

test('a link that has the name of one of Kafka’s programs is that program', async () => {
  const link = join(directory, 'kafka-topics.sh')
  await symlink(fileURLToPath(new URL('./run-source.ts', import.meta.url)), link)
  const [program = ''] = ODRADEK_COMMAND
  expect(await run(`'${program}' '${link}' --version`)).toBe('4.3.1\n')
})
