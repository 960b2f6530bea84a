import { describe } from 'vitest'
import { World } from '../support/world/world.ts'
import { clockContract } from './clock-contract.ts'
import { diskContract } from './disk-contract.ts'
import { networkContract } from './network-contract.ts'
import { randomContract } from './random-contract.ts'
import type { Setting } from './setting.ts'
import { timersContract } from './timers-contract.ts'

async function open(seed: string): Promise<Setting> {
  const world = new World({ seed })
  const { ports, name } = world.node('a')
  const pump = world.startPumping()
  await ports.disk.makeDirectory('/data')
  return { ports, directory: '/data', host: name, [Symbol.asyncDispose]: () => pump[Symbol.asyncDispose]() }
}

describe.each(['1', '2', '3'])('in the simulated world with seed %s', (seed) => {
  const openSetting = () => open(seed)
  clockContract(openSetting)
  timersContract(openSetting)
  randomContract(openSetting)
  diskContract(openSetting)
  networkContract(openSetting)
})
