import { decodeElectionState, QUORUM_STATE_FILE } from '../../../../src/raft/election-state.ts'
import type { CrashKind } from '../../../support/world/simulated-node.ts'
import { METADATA_LOG } from '../checks/stored-logs.ts'
import type { Cluster } from '../cluster.ts'
import { type ClusterNode, DATA } from '../cluster-node.ts'
import { type Fault, type FaultContext, pickRunning } from './fault.ts'

/** Of so many changes to the disk from now on one is in the middle of the crash. */
const CRASH_WITHIN_CHANGES = 60
const POLL_MS = 200

export const crashes: readonly Fault[] = [
  {
    name: 'a node is killed',
    begin: (context) => crashed(context, pickRunning(context), 'process'),
  },
  {
    name: 'a machine loses power',
    begin: (context) => crashed(context, pickRunning(context), 'power'),
  },
  {
    name: 'a node crashes in the middle of a write',
    begin: (context) => {
      const node = pickRunning(context)
      const kind = context.random.pick(['power', 'process'] as const)
      if (node === null || !context.mayCrash(node, kind)) return null
      node.machine.faults.crashAtChange(1 + context.random.below(CRASH_WITHIN_CHANGES), kind)
      return () => {
        node.machine.faults.clear()
        node.start()
      }
    },
  },
  {
    name: 'the active controller is killed',
    begin: (context) => crashed(context, activeController(context.cluster), 'process'),
  },
  {
    name: 'all nodes are killed',
    begin: (context) => {
      const ends = context.cluster.nodes.map((node) => crashed(context, node, 'process'))
      return () => {
        for (const end of ends) end?.()
      }
    },
  },
  {
    name: 'a node is restarted in order',
    begin: (context) => {
      const node = pickRunning(context)
      if (node === null) return null
      node.stop()
      return () => startWhenDown(context.cluster, node)
    },
  },
]

function crashed(context: FaultContext, node: ClusterNode | null, kind: CrashKind): (() => void) | null {
  if (node === null || node.state === 'down' || !context.mayCrash(node, kind)) return null
  node.crash(kind)
  return () => node.start()
}

/** It may take its time to stop. */
export function startWhenDown(cluster: Cluster, node: ClusterNode, onStarted = () => {}): void {
  const { world } = cluster
  if (node.state === 'stopping') {
    world.schedule(world.nowMs + POLL_MS, null, `waiting for ${node.name} to stop`, () => startWhenDown(cluster, node, onStarted))
    return
  }
  node.start()
  onStarted()
}

/** Whom the latest epoch of all quorum states names. */
export function activeController(cluster: Cluster): ClusterNode | null {
  const { leaderId } = latestLeadership(cluster)
  return leaderId === null ? null : cluster.node(leaderId)
}

export function latestLeadership(cluster: Cluster): { readonly epoch: number; readonly leaderId: number | null } {
  let latest: ReturnType<typeof latestLeadership> = { epoch: -1, leaderId: null }
  for (const { machine } of cluster.controllers) {
    const file = machine.volume.find(`${DATA}/${METADATA_LOG}/${QUORUM_STATE_FILE}`)
    if (file?.kind !== 'file') continue
    const state = decodeElectionState(file.content.bytes())
    if (state.leaderId !== null && state.epoch > latest.epoch) latest = state
  }
  return latest
}
