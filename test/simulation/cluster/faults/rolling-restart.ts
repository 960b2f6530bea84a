import { startWhenDown } from './crashes.ts'
import type { Fault } from './fault.ts'

const POLL_MS = 300

/** One node after another is restarted in order, each when the one before serves again; the rest is left out when it ends. */
export const rollingRestart: Fault = {
  name: 'all nodes are restarted, one after another',
  begin: ({ cluster }) => {
    const { world } = cluster
    const waiting = [...cluster.begun]
    const next = () => {
      const node = waiting[0]
      if (node === undefined) return
      if (!cluster.isServing) {
        world.schedule(world.nowMs + POLL_MS, null, `waiting to restart ${node.name}`, next)
        return
      }
      waiting.shift()
      node.stop()
      startWhenDown(cluster, node, next)
    }
    next()
    return () => {
      waiting.length = 0
    }
  },
}
