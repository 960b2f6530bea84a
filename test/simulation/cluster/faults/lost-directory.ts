import { type Fault, type FaultContext, pickRunning } from './fault.ts'

const POLL_MS = 200

/**
 * A machine is replaced with all its disks, and comes back under its old id. It happens at the first moment at which nothing
 * is lost by it that was promised to stay; see `Damage`.
 */
export const lostDirectory: Fault = {
  name: 'waiting for a node to lose its directory',
  waits: true,
  begin: (context) => {
    const { world } = context.cluster
    let [isOver, undo] = [false, () => {}]
    const attempt = () => {
      if (isOver) return
      const started = loseOne(context)
      if (started !== null) undo = started
      else world.schedule(world.nowMs + POLL_MS, null, 'waiting to lose a directory', attempt)
    }
    attempt()
    return () => {
      isOver = true
      undo()
    }
  },
}

function loseOne(context: FaultContext): (() => void) | null {
  const node = pickRunning(context)
  if (node === null || !context.mayLoseDirectory(node)) return null
  context.tell(`${node.name} loses its directory`)
  node.loseDirectory({ isFormattedAnew: context.random.chance(0.5) })
  return () => node.start()
}
