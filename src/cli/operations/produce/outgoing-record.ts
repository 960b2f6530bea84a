export interface OutgoingRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[]
  /** Milliseconds; now where not given. */
  readonly timestamp?: number
  /** Chosen by the key where not given. */
  readonly partition?: number
}
