import { activeController } from './crashes.ts'
import type { Fault } from './fault.ts'

export const GOOD_LATENCY_MS = 0.3

export const networkFaults: readonly Fault[] = [
  {
    name: 'the network falls into two',
    begin: ({ cluster, random }) => {
      const { network } = cluster.world
      const names = cluster.nodes.map(({ name }) => name)
      const side = names.filter(() => random.chance(0.4))
      const other = names.filter((name) => !side.includes(name))
      network.partition(side, other)
      return () => network.heal()
    },
  },
  {
    name: 'some ways are cut, each in one direction',
    begin: ({ cluster, random }) => {
      const { network } = cluster.world
      for (const from of cluster.nodes) {
        for (const to of cluster.nodes) if (from !== to && random.chance(0.25)) network.cut({ from: from.name, to: to.name })
      }
      return () => network.heal()
    },
  },
  {
    name: 'the active controller is heard by nobody',
    begin: ({ cluster }) => {
      const { network } = cluster.world
      const leader = activeController(cluster)
      if (leader === null) return null
      for (const { name } of cluster.nodes) if (name !== leader.name) network.cut({ from: leader.name, to: name })
      return () => network.heal()
    },
  },
  {
    name: 'packets take their time',
    begin: ({ cluster, random }) => {
      const { network } = cluster.world
      network.maxLatencyMs = random.pick([20, 100, 400])
      return () => {
        network.maxLatencyMs = GOOD_LATENCY_MS
      }
    },
  },
  {
    name: 'connections break',
    begin: ({ cluster, random }) => {
      const { network } = cluster.world
      for (const a of cluster.nodes) for (const b of cluster.nodes) if (a.id < b.id && random.chance(0.6)) network.resetConnections(a.name, b.name)
      network.resetProbability = 0.002
      return () => {
        network.resetProbability = 0
      }
    },
  },
]
