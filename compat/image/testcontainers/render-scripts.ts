/**
 * MODULES HOST-PORT: prints what Testcontainers' module for Node.js, installed in the directory MODULES, would have a container do,
 * without Docker: variables, entry point, command, and the files that it copies into it, as JSON by mode.
 */
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [modules = '', port = ''] = process.argv.slice(2)
const { KafkaContainer } = createRequire(join(modules, 'package.json'))('@testcontainers/kafka')

/** Thrown when the files are there: what follows asks a Docker engine. */
class Rendered extends Error {}

interface CopiedFile {
  readonly target: string
  readonly content: string
}

/** @param tag as of Confluent's image: the module asks it what the image can do */
async function render(tag: string, isKraft: boolean): Promise<unknown> {
  const container = new KafkaContainer(`odradek:${tag}`)
  if (isKraft) container.withKraft()
  await container.beforeContainerCreated()
  const files: Record<string, string> = {}
  const started = {
    getHost: () => 'localhost',
    getMappedPort: () => Number(port),
    async copyContentToContainer(copied: readonly CopiedFile[]) {
      for (const { target, content } of copied) files[target] = content
      throw new Rendered()
    },
  }
  try {
    await container.containerStarted(started, { hostname: 'container', name: 'container' })
  } catch (error) {
    if (!(error instanceof Rendered)) throw error
  }
  const { Entrypoint: entrypoint, Cmd: command } = container.createOpts
  return { environment: container.environment, entrypoint, command, files }
}

const rendered = {
  'confluentinc/cp-kafka 7.3, ZooKeeper': await render('7.3.0', false),
  'confluentinc/cp-kafka 7.3, KRaft': await render('7.3.0', true),
  'confluentinc/cp-kafka 8': await render('8.0.0', false),
}
console.log(JSON.stringify(rendered))
