import type { Endpoint } from '../base/ports.ts'
import type { ListenerKind } from '../server/request-context.ts'
import type { NodeControl } from './control/node-control.ts'

export interface BoundListener {
  readonly name: string
  readonly kind: ListenerKind
  /** The address in fact bound: the port is never 0. */
  readonly at: Endpoint
  /** As it is registered, and what clients are told unless `isToldByClient`; null for a listener that is not for them. */
  readonly told: Endpoint | null
  /** Each client is told what it can reach. */
  readonly isToldByClient: boolean
}

/** A node that serves. */
export interface RunningNode extends AsyncDisposable {
  readonly nodeId: number
  readonly clusterId: string
  readonly listeners: readonly BoundListener[]
  /** Where metrics and health are served; null where they are not. */
  readonly metricsAt: Endpoint | null
  /** null without the broker role. */
  readonly control: NodeControl | null
  /** Where the control port is; null where there is none. */
  readonly controlAt: Endpoint | null
  /** Rejects when an essential part failed; the node has stopped by then. Never resolves. Whoever does not look is not disturbed. */
  readonly failed: Promise<never>
  /** Answers what is in flight, closes connections, writes everything out. Calling it again waits for the same end. */
  stop(): Promise<void>
}
