import { createHash } from 'node:crypto'
import { runCommand } from '../support/command.ts'

/** A machine of a small network: programs run in it see its addresses only. */
export interface Machine {
  readonly address: string
  /** A command line that runs in this machine. */
  command(...args: readonly string[]): readonly [program: string, ...args: string[]]
}

/**
 * What Docker makes of a machine with two containers: the containers' default gateway is the machine, on a bridge between all
 * three. Network namespaces of Linux; the machine's own network is left alone.
 */
export interface ContainerNetwork extends AsyncDisposable {
  readonly host: Machine
  readonly container: Machine
  readonly neighbour: Machine
}

/** Why no network namespaces can be made here, or null when they can. It takes root on Linux, and `ip`. */
export async function whyNoNamespaces(): Promise<string | null> {
  const tried = await makeContainerNetwork().catch((error: Error) => error)
  if (tried instanceof Error) return `no network namespaces can be made here (${tried.message.trim()})`
  await tried[Symbol.asyncDispose]()
  return null
}

const BRIDGE = '10.213.0.1'
let networks = 0

export async function makeContainerNetwork(): Promise<ContainerNetwork> {
  const id = `odr${createHash('sha256').update(`${process.pid} ${++networks}`).digest('hex').slice(0, 6)}`
  await using stack = new AsyncDisposableStack()
  const host = await makeMachine(`${id}h`, BRIDGE, stack)
  await ip('-n', `${id}h`, 'link', 'add', 'br0', 'type', 'bridge')
  await ip('-n', `${id}h`, 'addr', 'add', `${BRIDGE}/24`, 'dev', 'br0')
  await ip('-n', `${id}h`, 'link', 'set', 'br0', 'up')
  const container = await plugIn(`${id}c`, '10.213.0.2', `${id}h`, stack)
  const neighbour = await plugIn(`${id}n`, '10.213.0.3', `${id}h`, stack)
  const owned = stack.move()
  return { host, container, neighbour, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

async function makeMachine(namespace: string, address: string, stack: AsyncDisposableStack): Promise<Machine> {
  await ip('netns', 'add', namespace)
  stack.defer(() => ip('netns', 'delete', namespace))
  await ip('-n', namespace, 'link', 'set', 'lo', 'up')
  return { address, command: (...args) => ['ip', 'netns', 'exec', namespace, ...args] }
}

async function plugIn(namespace: string, address: string, hostNamespace: string, stack: AsyncDisposableStack): Promise<Machine> {
  const machine = await makeMachine(namespace, address, stack)
  const plug = `v${namespace.slice(-7)}`
  await ip('-n', hostNamespace, 'link', 'add', plug, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
  await ip('-n', hostNamespace, 'link', 'set', plug, 'master', 'br0', 'up')
  await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up')
  await ip('-n', namespace, 'route', 'add', 'default', 'via', BRIDGE)
  return machine
}

async function ip(...args: readonly string[]): Promise<void> {
  const { exit, stderr } = await runCommand('ip', args)
  if (exit !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}
