import { createHash } from 'node:crypto'
import { runCommand } from './command.ts'

/** A machine of a small network: programs run in it see its addresses only. */
export interface Machine {
  readonly address: string
  /** Of its network namespace. */
  readonly namespace: string
  /** A command line that runs in this machine. */
  command(...args: readonly string[]): readonly [program: string, ...args: string[]]
}

/** Where the machines' bridge is, which is their default gateway. All networks have the same addresses, and none knows of another. */
export const BRIDGE = '10.213.0.1'
let networks = 0

/** The beginning of the names of namespaces of one network. */
export function networkId(): string {
  return `odr${createHash('sha256').update(`${process.pid} ${++networks}`).digest('hex').slice(0, 6)}`
}

/** The machine with the bridge, into which others are plugged. It goes with `stack`. */
export async function makeBridge(namespace: string, stack: AsyncDisposableStack): Promise<Machine> {
  const host = await makeMachine(namespace, BRIDGE, stack)
  await ip('-n', namespace, 'link', 'add', 'br0', 'type', 'bridge')
  await ip('-n', namespace, 'addr', 'add', `${BRIDGE}/24`, 'dev', 'br0')
  await ip('-n', namespace, 'link', 'set', 'br0', 'up')
  return host
}

/** A machine on the bridge of `hostNamespace`. It goes with `stack`. */
export async function plugIn(namespace: string, address: string, hostNamespace: string, stack: AsyncDisposableStack): Promise<Machine> {
  const machine = await makeMachine(namespace, address, stack)
  const plug = `v${namespace.slice(-7)}`
  await ip('-n', hostNamespace, 'link', 'add', plug, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
  await ip('-n', hostNamespace, 'link', 'set', plug, 'master', 'br0', 'up')
  await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0')
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up')
  await ip('-n', namespace, 'route', 'add', 'default', 'via', BRIDGE)
  return machine
}

async function makeMachine(namespace: string, address: string, stack: AsyncDisposableStack): Promise<Machine> {
  await ip('netns', 'add', namespace)
  stack.defer(() => ip('netns', 'delete', namespace))
  await ip('-n', namespace, 'link', 'set', 'lo', 'up')
  return { address, namespace, command: (...args) => ['ip', 'netns', 'exec', namespace, ...args] }
}

async function ip(...args: readonly string[]): Promise<void> {
  const { exit, stderr } = await runCommand('ip', args)
  if (exit !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`)
}
