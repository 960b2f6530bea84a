import { type Machine, makeBridge, networkId, plugIn } from '../support/network-namespaces.ts'

export type { Machine } from '../support/network-namespaces.ts'

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

export async function makeContainerNetwork(): Promise<ContainerNetwork> {
  const id = networkId()
  await using stack = new AsyncDisposableStack()
  const host = await makeBridge(`${id}h`, stack)
  const container = await plugIn(`${id}c`, '10.213.0.2', host.namespace, stack)
  const neighbour = await plugIn(`${id}n`, '10.213.0.3', host.namespace, stack)
  const owned = stack.move()
  return { host, container, neighbour, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
