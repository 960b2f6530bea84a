import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cachedDirectory } from '../../support/cache.ts'
import { runCommand } from '../../support/command.ts'
import { jdkProgram } from '../../support/jars.ts'
import { npmPackages } from '../../support/npm.ts'
import { type ContainerEngine, findEngine } from '../container-engine.ts'
import { REPOSITORY } from '../image-files.ts'
import { roundTrip, WRITTEN } from '../started-services.ts'

/** What a module asks of a container. */
interface Rendered {
  readonly environment: Readonly<Record<string, string>>
  readonly entrypoint?: readonly string[]
  readonly command: readonly string[]
  /** Copied into it when it is starting, in this order. */
  readonly files: Readonly<Record<string, string>>
}

const TAG = `localhost/odradek-testcontainers:${process.pid}`
const HOST_PORT = 32_789
const modes = {
  java: ['apache/kafka', 'confluentinc/cp-kafka', 'confluentinc/cp-kafka, older module, ZooKeeper', 'confluentinc/cp-kafka, older module, KRaft'],
  node: ['confluentinc/cp-kafka 7.3, ZooKeeper', 'confluentinc/cp-kafka 7.3, KRaft', 'confluentinc/cp-kafka 8'],
} as const

const engine = await findEngine()
const why = typeof engine === 'string' ? engine : null
if (why !== null) console.warn(`The scripts of Testcontainers were not replayed: ${why}.`)

describe.skipIf(why !== null)('the scripts that Testcontainers’ modules render start the image', () => {
  const { build, start, remove } = engine as ContainerEngine
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'odradek-testcontainers-'))
    const built = await build(TAG, REPOSITORY)
    expect(built, built.stderr).toMatchObject({ exit: 0 })
  }, 700_000)
  afterAll(async () => {
    await remove(TAG)
    await rm(directory, { recursive: true })
  })

  const replay = async ({ environment, entrypoint, command, files }: Rendered) => {
    const container = /PLAINTEXT:\/\/[^:]*:(\d+)/.exec(environment.KAFKA_LISTENERS ?? '')?.[1]
    const publish = [`${HOST_PORT}:${container}`]
    await using running = await start(TAG, { env: environment, publish, command, ...(entrypoint === undefined ? {} : { entrypoint }) })
    for (const [path, content] of Object.entries(files)) {
      const file = join(directory, 'script')
      await writeFile(file, content)
      await running.copyInto(file, path)
    }
    await running.printed('Transitioning from RECOVERY to RUNNING')
    expect(running.output()).toMatch(/\[KafkaServer id=\d+\] started/)
    expect(await roundTrip(running.client, `localhost:${HOST_PORT}`, 'orders')).toMatchObject({ read: WRITTEN, brokers: [`1@localhost:${HOST_PORT}`] })
    expect(running.output()).not.toMatch(/"level":"(error|fatal)"/)
  }

  describe('of the module for Java', () => {
    let rendered: Readonly<Record<string, Rendered>>
    beforeAll(async () => {
      rendered = await renderedByJava()
    }, 300_000)
    test.each(modes.java)('for %s', async (mode) => replay(rendered[mode] as Rendered))
  })

  describe('of the module for Node.js', () => {
    let rendered: Readonly<Record<string, Rendered>>
    beforeAll(async () => {
      rendered = await renderedByNode()
    }, 300_000)
    test.each(modes.node)('for %s', async (mode) => replay(rendered[mode] as Rendered))
  })
})

async function renderedByNode(): Promise<Record<string, Rendered>> {
  const packages = await npmPackages(join(import.meta.dirname, 'node'))
  const program = join(import.meta.dirname, 'render-scripts.ts')
  return printed(await runCommand(process.execPath, [program, packages, String(HOST_PORT)]))
}

async function renderedByJava(): Promise<Record<string, Rendered>> {
  const source = join(import.meta.dirname, 'java')
  const libraries = await cachedDirectory('testcontainers-1.21.4', async (target) => {
    await copyFile(join(source, 'pom.xml'), join(target, 'pom.xml'))
    const args = ['--batch-mode', '--quiet', 'dependency:copy-dependencies', '-DoutputDirectory=.', '-DincludeScope=runtime']
    const maven = await runCommand('mvn', args, { cwd: target })
    if (maven.exit !== 0) throw new Error(`mvn could not fetch Testcontainers:\n${maven.stdout}${maven.stderr}`)
  })
  const java = ['-Xmx256m', '-cp', join(libraries, '*'), join(source, 'RenderScripts.java'), String(HOST_PORT)]
  return printed(await runCommand(jdkProgram('java'), java, { timeoutMs: 120_000 }))
}

function printed({ exit, stdout, stderr }: { readonly exit: number | null; readonly stdout: string; readonly stderr: string }): Record<string, Rendered> {
  if (exit !== 0) throw new Error(`the modules' scripts were not rendered:\n${stderr}`)
  return JSON.parse(stdout.slice(stdout.indexOf('{')))
}
