import { masked } from './mask.ts'
import { type Observe, RawClient } from './raw-client.ts'
import type { Scenario, Stage } from './scenario.ts'

/** Where the two listeners of a broker are. */
export interface Listening {
  readonly bootstrap: string
  readonly controllerPort: number
}

export interface Performance {
  readonly version: number
  /** Before all names of this performance. */
  readonly prefix: string
  /** For connections to each of the listeners. */
  readonly observe?: (listener: 'broker' | 'controller') => Observe
}

/** Runs a scenario on one broker and gives what it gave, masked. */
export async function perform(scenario: Scenario, broker: Listening, { version, prefix, observe }: Performance): Promise<unknown> {
  const opened: RawClient[] = []
  const keep = async (opening: Promise<RawClient>) => {
    const client = await opening
    opened.push(client)
    return client
  }
  const open = (clientId?: string) => keep(RawClient.open(broker.bootstrap, clientId, observe?.('broker')))
  const openController = () => keep(RawClient.open(`127.0.0.1:${broker.controllerPort}`, undefined, observe?.('controller')))
  try {
    const stage: Stage = { bootstrap: broker.bootstrap, client: await open(), open, openController, name: (what) => `${prefix}-${what}` }
    return masked(await scenario.run(stage, version), scenario)
  } finally {
    await Promise.all(opened.map((client) => client[Symbol.asyncDispose]()))
  }
}
