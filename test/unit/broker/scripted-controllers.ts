import type { Endpoint } from '../../../src/base/ports.ts'
import { ActiveController, type LocalController } from '../../../src/broker/active-controller.ts'
import { ControllerChannel } from '../../../src/broker/controller-channel.ts'
import { ControllerOutage } from '../../../src/broker/controller-outage.ts'
import type { QuorumLeader, QuorumView } from '../../../src/raft/quorum-description.ts'
import { LeaderWatch } from '../../../src/raft/shell/leader-watch.ts'
import { AnsweringNode, type Served } from '../../support/peers/answering-node.ts'
import { World } from '../../support/world/world.ts'
import { type Line, recordingLogger } from '../server/harness.ts'

const PORT = 9093
const SELF = 1

/** A world with this node, of number 1 on machine `self`, and controllers elsewhere that answer as a test says. */
export class ScriptedControllers implements Pick<QuorumView, 'leader' | 'onLeaderChange'> {
  readonly world = new World({ seed: 1 })
  readonly lines: Line[] = []
  readonly #logger = recordingLogger(this.lines)
  readonly #watch = new LeaderWatch()
  #leader: QuorumLeader | null = null
  #epoch = 0

  /** A controller on machine `name`. */
  async start(name: string, apis: readonly Served[]): Promise<AnsweringNode> {
    const node = new AnsweringNode(apis)
    const machine = this.world.node(name)
    await this.world.complete(node.listen(machine.isRunning ? machine.ports.network : this.world.restart(name).network, PORT))
    return node
  }

  leader(): QuorumLeader | null {
    return this.#leader
  }

  onLeaderChange(listener: (leader: QuorumLeader | null) => void): () => void {
    return this.#watch.add(listener)
  }

  /** `id` 1 is this node. */
  lead(id: number, name: string): void {
    const endpoint: Endpoint = { host: name, port: PORT }
    this.#leader = { id, epoch: ++this.#epoch, endpoint }
    this.#watch.tell(this.#leader)
  }

  nobodyLeads(): void {
    this.#leader = null
    this.#watch.tell(null)
  }

  channel(callTimeoutMs = 10_000): ControllerChannel {
    const { network, timers, clock } = this.world.node('self').ports
    const outage = new ControllerOutage({ clock, logger: this.#logger })
    return new ControllerChannel({ nodeId: SELF, quorum: this, network, timers, clock, clientId: 'broker-1', requestTimeoutMs: 3000, callTimeoutMs, outage })
  }

  active(local: LocalController | null = null): ActiveController {
    const { network, timers, clock } = this.world.node('self').ports
    return new ActiveController({
      ...{ nodeId: SELF, quorum: this, local, network, timers, clock },
      principal: 'User:node',
      requestTimeoutMs: 3000,
      sessionTimeoutMs: 9000,
      logger: this.#logger,
    })
  }

  get logger() {
    return this.#logger
  }
}
