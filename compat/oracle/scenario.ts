import type { MaskOptions } from './mask.ts'
import type { RawClient } from './raw-client.ts'

/** What a scenario has on each of the two brokers. */
export interface Stage {
  readonly bootstrap: string
  /** A connection of this scenario's own. */
  readonly client: RawClient
  /** Further connections, closed with the scenario. */
  open(clientId?: string): Promise<RawClient>
  /** A connection to the controller's listener. */
  openController(): Promise<RawClient>
  /** A name that no other scenario or version uses, the same on both brokers. */
  name(what: string): string
}

/**
 * Something that is asked of both brokers. It gives what is to be compared: answers, outcomes, or a list of them.
 * It must not look at which broker it is on.
 */
export interface Scenario extends MaskOptions {
  readonly name: string
  /** Run once for each; one of the API's versions, or 0 where there is no such thing. */
  readonly versions: readonly number[]
  run(stage: Stage, version: number): Promise<unknown>
}

/** All versions that Apache Kafka 4.3.1 serves of an API, both ends inclusive. */
export function versions(lowest: number, highest: number): readonly number[] {
  return Array.from({ length: highest - lowest + 1 }, (_, index) => lowest + index)
}
