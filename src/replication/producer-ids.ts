import { ErrorCode } from '../../protocol/error-codes.ts'

/** Asks for the next block when this part of the current one is left. Source: RPCProducerIdManager. */
const PREFETCH_AT = 0.1

export interface ProducerIdBlock {
  readonly firstProducerId: number
  readonly count: number
}

/** Of the controller: a block of ids that no one was given before. */
export type AllocateProducerIds = () => Promise<{ readonly errorCode: number; readonly block: ProducerIdBlock | null }>

export type ProducerIdResult = { readonly errorCode: 0; readonly producerId: number } | { readonly errorCode: number; readonly producerId: -1 }

/**
 * Gives out producer ids one by one from blocks that the controller allocates, and asks for the next block before one is
 * used up. Ids of a block that was not used up when the node stops are lost, which does no harm. Source: KIP-730.
 */
export class ProducerIds {
  readonly #allocate: AllocateProducerIds
  #next = 0
  #end = 0
  #count = 0
  /** The block behind the current one. */
  #following: ProducerIdBlock | null = null
  #pending: Promise<number> | null = null

  constructor(allocate: AllocateProducerIds) {
    this.#allocate = allocate
  }

  /** Errors: COORDINATOR_LOAD_IN_PROGRESS when the controller gives no block now (clients try again), as Kafka answers. */
  async next(): Promise<ProducerIdResult> {
    while (this.#next >= this.#end) {
      if (this.#following !== null) this.#begin(this.#following)
      else if ((await this.#request()) !== ErrorCode.NONE) return { errorCode: ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, producerId: -1 }
    }
    const producerId = this.#next++
    if (this.#end - this.#next <= this.#count * PREFETCH_AT && this.#following === null) void this.#request()
    return { errorCode: 0, producerId }
  }

  #begin(block: ProducerIdBlock): void {
    this.#following = null
    this.#next = block.firstProducerId
    this.#end = block.firstProducerId + block.count
    this.#count = block.count
  }

  /** One request at a time; resolves with its error code and never rejects. */
  #request(): Promise<number> {
    this.#pending ??= this.#allocate()
      .then(
        ({ errorCode, block }) => {
          if (block !== null) this.#following = block
          return block === null && errorCode === ErrorCode.NONE ? ErrorCode.UNKNOWN_SERVER_ERROR : errorCode
        },
        () => ErrorCode.UNKNOWN_SERVER_ERROR,
      )
      .finally(() => {
        this.#pending = null
      })
    return this.#pending
  }
}
