import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MemoryDisk } from '../../src/platform/disk/memory-disk.ts'
import { nodePorts } from '../../src/platform/node-ports.ts'
import { Links } from '../../src/platform/stoppable/links.ts'
import { stoppablePorts } from '../../src/platform/stoppable/stoppable-ports.ts'
import { manualPorts } from '../../src/platform/time/manual-ports.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { clockContract } from './clock-contract.ts'
import { diskContract } from './disk-contract.ts'
import { networkContract } from './network-contract.ts'
import { randomContract } from './random-contract.ts'
import type { Setting } from './setting.ts'
import { timersContract } from './timers-contract.ts'

async function open(host: string, ports = nodePorts()): Promise<Setting> {
  const directory = await mkdtemp(join(tmpdir(), 'odradek-contract-'))
  return { ports, directory, host, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) }
}

const openIpv4 = () => open('127.0.0.1')

describe('on Node', () => {
  clockContract(openIpv4)
  timersContract(openIpv4)
  randomContract(openIpv4)
  diskContract(openIpv4)
  networkContract(openIpv4)

  it.skipIf(process.platform !== 'linux')('making a directory where the system allows none fails, however deep', async () => {
    await using setting = await openIpv4()
    await expect(setting.ports.disk.makeDirectory('/proc/odradek/data')).rejects.toMatchObject({ name: 'DiskError', reason: 'not-found' })
  })

  it('IPv4 clients of a listener for both families are shown by their IPv4 address', async () => {
    await using setting = await openIpv4()
    const { network } = setting.ports
    const hosts: string[] = []
    await using listener = await network.listen({ host: '::', port: 0 }, (socket) => {
      hosts.push(socket.remote.host)
      socket.destroy()
    })
    const socket = await network.connect({ host: '127.0.0.1', port: listener.local.port })
    await new Promise<void>((resolve) => socket.handle({ onData() {}, onDrain() {}, onClose: () => resolve() }))
    expect(hosts).toEqual(['127.0.0.1'])
  })
})

describe('with a clock that is moved', () => {
  diskContract(() => open('127.0.0.1', manualPorts(nodePorts()).ports))
})

describe('in memory', () => {
  const ports = { ...nodePorts(), disk: new MemoryDisk(nodePorts().clock) }
  let count = 0
  diskContract(async () => {
    const directory = `/contract-${++count}`
    await ports.disk.makeDirectory(directory)
    return { ports, directory, host: '127.0.0.1', [Symbol.asyncDispose]: () => ports.disk.removeDirectory(directory) }
  })
})

describe('of nodes that may stand still', () => {
  const openStoppable = () => {
    const real = nodePorts()
    return open('127.0.0.1', stoppablePorts(1, real, real.network, new Links(), silentLogger).ports)
  }
  timersContract(openStoppable)
  diskContract(openStoppable)
  networkContract(openStoppable)
})
