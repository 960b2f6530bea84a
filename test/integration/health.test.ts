import { expect, test } from 'vitest'
import { freePorts } from '../support/free-ports.ts'
import { Odradek } from './odradek.ts'

const LISTENERS = 'listeners=PLAINTEXT://127.0.0.1:0,CONTROLLER://127.0.0.1:0'

test('odradek health says of a node that it is ready, and when it has ended that nothing answers', async () => {
  const [port] = await freePorts(1)
  await using node = new Odradek(['start', '--ephemeral', '--set', LISTENERS, '--set', `metrics.port=${port}`])
  await node.line('odradek is ready')
  // As in the image: the port is that of the variable by which the node has it.
  await using asked = new Odradek(['health'], { KAFKA_METRICS_PORT: String(port) })
  expect(await asked.exit()).toBe(0)
  expect(asked.out).toBe(`The node at 127.0.0.1:${port} is ready: it serves requests in full.\n`)
  node.process.kill('SIGTERM')
  await node.exit()
  await using askedAgain = new Odradek(['health', '--port', String(port), '--json'])
  expect(await askedAgain.exit()).toBe(1)
  expect(JSON.parse(askedAgain.out)).toMatchObject({ state: 'unreachable', ready: false, live: false })
})
