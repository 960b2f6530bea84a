import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { sessionsOf } from '../../test/support/handbook/document-blocks.ts'
import { readHandbook } from '../../test/support/handbook/handbook.ts'
import { areLeftOut } from '../processes/left-out.ts'
import { runCommand } from '../support/command.ts'
import { makeBridge, networkId } from '../support/network-namespaces.ts'
import { playSession } from './play-session.ts'

/** What nodes of a document listen on: clients, controllers, metrics of three. */
const DOCUMENTED_PORTS = [9092, 9093, 9094, 9095, 19092, 19093, 19094, 19095, 9404, 9405, 9406, 9407]

type Network = (stack: AsyncDisposableStack) => Promise<(...args: readonly string[]) => readonly string[]>

/** A network of its own for each session, where that can be made; else that of this machine, or a sentence that says why not. */
async function findNetwork(): Promise<Network | string> {
  const makesNamespaces = process.getuid?.() === 0 && (await runCommand('ip', ['netns', 'list']).catch(() => null))?.exit === 0
  if (makesNamespaces) return async (stack) => (await makeBridge(networkId(), stack)).command
  const taken = (await Promise.all(DOCUMENTED_PORTS.map(async (port) => ((await isFree(port)) ? [] : [port])))).flat()
  if (taken.length > 0) return `without root (for a network of its own) the blocks need the ports ${taken.join(', ')}, on which others listen`
  return async () =>
    (...args) =>
      args
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, () => server.close(() => resolve(true)))
  })
}

const network = await findNetwork()
const missing = typeof network === 'string' ? network : null
const sessions = readHandbook().flatMap(({ path, blocks }) => sessionsOf(blocks).map((session) => ({ path, ...session })))

describe.skipIf(areLeftOut(missing))(missing === null ? 'the handbook' : `the handbook (not run: ${missing})`, () => {
  test.each(sessions)('$path, $name: its commands run as they stand', { timeout: 600_000 }, async ({ path, blocks }) => {
    if (typeof network === 'string') throw new Error(network)
    await using stack = new AsyncDisposableStack()
    const { failed, output } = await playSession(blocks, await network(stack))
    expect(failed === null ? null : `${path}:${failed.line} failed:\n${failed.text}\n${output}`).toBeNull()
  })
})
