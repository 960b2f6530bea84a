import { deferred } from '../../base/deferred.ts'
import { type FromNode, type NodeFacts, type NodeTask, TASK_VARIABLE, type ToNode } from './node-messages.ts'

/** What a node that `odradek start --nodes` started knows of its cluster, and says to the process that started it. */
export interface SupervisedNode extends NodeTask, Disposable {
  /** Resolves with the reason when this node shall stop: it is told to, or the process that started it is gone. */
  readonly stopAsked: Promise<string>
  ready(facts: NodeFacts): void
  /** Says that this node's broker has left the cluster. Resolves when all have, or when nobody is there who would say so. */
  untilBrokersLeft(): Promise<void>
}

/** null in a process that was not started so. */
export function supervisedNode(): SupervisedNode | null {
  const task = process.env[TASK_VARIABLE]
  if (task === undefined || process.send === undefined) return null
  return listenTo(JSON.parse(task) as NodeTask)
}

function listenTo(task: NodeTask): SupervisedNode {
  const stopAsked = deferred<string>()
  const brokersLeft = deferred<void>()
  let isClusterStopping = false
  const onMessage = (message: ToNode) => {
    isClusterStopping = true
    if (message === 'leave') stopAsked.resolve('the cluster stops')
    else brokersLeft.resolve()
  }
  const onDisconnect = () => {
    stopAsked.resolve('the process that started this node is gone')
    brokersLeft.resolve()
  }
  process.on('message', onMessage)
  process.once('disconnect', onDisconnect)
  return {
    ...task,
    stopAsked: stopAsked.promise,
    ready: (facts) => say({ kind: 'ready', facts }),
    async untilBrokersLeft() {
      say({ kind: 'left' })
      // A signal to this node alone is not the end of the cluster: nobody says when brokers have left.
      if (process.connected && isClusterStopping) await brokersLeft.promise
    },
    // What listens to the channel keeps the process from ending.
    [Symbol.dispose]() {
      process.off('message', onMessage)
      process.off('disconnect', onDisconnect)
      if (process.connected) process.disconnect()
    },
  }
}

function say(message: FromNode): void {
  if (process.connected) process.send?.(message)
}
