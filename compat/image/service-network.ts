import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Machine, makeBridge, networkId, plugIn } from '../support/network-namespaces.ts'

/**
 * What Docker Compose makes of the services of a file, or Kubernetes of pods: machines on one network that know each other by name,
 * and the host, which is their gateway and where ports are published. It takes root on Linux.
 */
export interface ServiceNetwork extends AsyncDisposable {
  readonly host: Machine
  /** The machine of this name. */
  machine(name: string): Machine
}

/** Where `ip netns exec` finds the files that stand over those of /etc. */
const ETC = '/etc/netns'

/**
 * @param names of the machines, which are also their host names
 * @param aliases further names, by the machine's
 */
export async function makeServiceNetwork(names: readonly string[], aliases: Readonly<Record<string, readonly string[]>> = {}): Promise<ServiceNetwork> {
  const id = networkId()
  await using stack = new AsyncDisposableStack()
  const addresses = new Map(names.map((name, index) => [name, `10.213.0.${index + 2}`]))
  const hosts = ['127.0.0.1 localhost', ...[...addresses].map(([name, address]) => [address, name, ...(aliases[name] ?? [])].join(' '))].join('\n')
  const withHosts = async (namespace: string) => {
    await mkdir(join(ETC, namespace), { recursive: true })
    stack.defer(() => rm(join(ETC, namespace), { recursive: true, force: true }))
    await writeFile(join(ETC, namespace, 'hosts'), `${hosts}\n`)
  }
  const host = await makeBridge(`${id}h`, stack)
  // The host itself does not know the services' names.
  const machines = new Map<string, Machine>()
  for (const [index, name] of names.entries()) {
    const namespace = `${id}${index}`
    await withHosts(namespace)
    const machine = await plugIn(namespace, addresses.get(name) ?? '', host.namespace, stack)
    machines.set(name, named(machine, name))
  }
  const owned = stack.move()
  return {
    host,
    machine(name) {
      const machine = machines.get(name)
      if (machine === undefined) throw new Error(`there is no machine ${name}, only ${names.join(', ')}`)
      return machine
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

/** Programs in it find its name as that of the machine. */
function named(machine: Machine, name: string): Machine {
  const withName = ['unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', name]
  return { ...machine, command: (...args) => machine.command(...withName, ...args) }
}
