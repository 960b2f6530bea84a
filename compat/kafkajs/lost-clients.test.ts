import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import { kafka, until } from './support.ts'

const LOST = 'has not come to the address that it was told'

async function startTelling(address: (port: number) => string): Promise<OdradekProcess> {
  const [port = 0, controllerPort = 0] = await freePorts(2)
  const listeners = `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:${controllerPort}`
  return startOdradek({ ports: [port, controllerPort], settings: { listeners, 'advertised.listeners': `PLAINTEXT://${address(port)}`, 'metrics.port': 0 } })
}

function linesOf(node: OdradekProcess): string[] {
  return node
    .output()
    .split('\n')
    .filter((line) => line.includes(LOST))
}

test('a client that cannot reach what it is told is named in the log once', async () => {
  await using node = await startTelling(() => 'nowhere.invalid:9092')
  const admin = kafka(node.bootstrap, { clientId: 'lost', retry: { retries: 4 } }).admin()
  await admin.connect()
  try {
    await until('the log names the client', async () => {
      await admin.listTopics().catch(() => {})
      return linesOf(node).length > 0
    })
    await admin.listTopics().catch(() => {})
  } finally {
    await admin.disconnect()
  }
  const [line = '', ...others] = linesOf(node)
  expect(JSON.parse(line)).toMatchObject({ client: '127.0.0.1', clientId: 'lost', told: 'nowhere.invalid:9092', cameTo: node.bootstrap })
  expect(others).toEqual([])
}, 90_000)

test('nothing is said of clients that come, though they ask for nothing but topics', async () => {
  await using node = await startTelling((port) => `${hostname()}:${port}`)
  const admin = kafka(node.bootstrap, { clientId: 'admin' }).admin()
  await admin.connect()
  try {
    for (let asks = 0; asks < 6; asks++) {
      expect(await admin.listTopics()).toEqual([])
      await new Promise((resolve) => setTimeout(resolve, 600))
    }
  } finally {
    await admin.disconnect()
  }
  expect(linesOf(node)).toEqual([])
}, 90_000)
