import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { kafka } from '../kafkajs/support.ts'
import { cacheRoot } from '../support/cache.ts'
import { runCommand } from '../support/command.ts'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'

const DOCUMENT = join(import.meta.dirname, '../../docs/testing.md')

interface Language {
  /** Its heading in the document, and the name of its block there. */
  readonly heading: string
  readonly fence: string
  readonly file: string
  readonly command: readonly [program: string, ...args: string[]]
  readonly needs: string
}

const LANGUAGES: readonly Language[] = [
  { heading: 'Shell', fence: 'bash', file: 'example.sh', command: ['bash', '-e'], needs: 'bash and curl' },
  { heading: 'Python', fence: 'python', file: 'example.py', command: ['python3'], needs: 'python3' },
  { heading: 'Go', fence: 'go', file: 'main.go', command: ['go', 'run'], needs: 'Go' },
  { heading: 'JavaScript', fence: 'js', file: 'example.mjs', command: [process.execPath], needs: 'Node.js' },
]

let node: OdradekProcess
let controlUrl: string
const scratch = mkdtempSync(join(tmpdir(), 'odradek-examples-'))

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  node = await startOdradek({ settings: { 'odradek.control.port': port } })
  controlUrl = `http://127.0.0.1:${port}`
})
afterAll(async () => {
  await node?.[Symbol.asyncDispose]()
  rmSync(scratch, { recursive: true, force: true })
})

test.each(LANGUAGES.map((language) => [language.heading, language] as const))(
  'the example of the document in %s runs as it stands',
  async (_heading, language) => {
    const file = join(scratch, language.file)
    writeFileSync(file, blockOf(language))
    const example = runExample(language, file)
    await Promise.all([whenThereIsAFault().then(placeOrders), example])
    const { exit, stdout, stderr } = await example
    expect(stderr).toBe('')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/count['": ]+3/)
    expect(stdout).toMatch(/hits['": ]+2/)
  },
  120_000,
)

function blockOf({ heading, fence }: Language): string {
  const text = readFileSync(DOCUMENT, 'utf8')
  const block = new RegExp(`^### ${heading}\n\n\`\`\`${fence}\n(.*?)^\`\`\`$`, 'ms').exec(text)
  if (block?.[1] === undefined) throw new Error(`docs/testing.md has no block in ${fence} below "${heading}"`)
  return block[1]
}

function runExample({ command: [program, ...args], needs }: Language, file: string) {
  const env = { ODRADEK_CONTROL: controlUrl, GOCACHE: join(cacheRoot(), 'go/build'), GOFLAGS: '' }
  return runCommand(program, [...args, file], { env, timeoutMs: 100_000 }).catch((error: unknown) => {
    throw new Error(`The example needs ${needs}, and ${program} was not found: install it.`, { cause: error })
  })
}

async function whenThereIsAFault(): Promise<void> {
  for (;;) {
    const { faults } = (await (await fetch(`${controlUrl}/`)).json()) as { faults: number }
    if (faults > 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function placeOrders(): Promise<void> {
  const producer = kafka(node.bootstrap, { retry: { initialRetryTime: 20, retries: 10 } }).producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ value: 'a' }, { value: 'b' }, { value: 'c' }] })
  await producer.disconnect()
}
