import { DecodeError } from '../errors.ts'

/** Decompressed bytes, pulled piece by piece, so that what the input inflates to is never in memory as a whole. */
export interface ByteSource {
  /** The next bytes, at least one and at most `MAX_CHUNK_BYTES`, valid until the next call; null at the end. Throws a `DecompressionError`. */
  next(): Buffer | null
  /** Frees what the codec holds. To be called once, whether all was read or not. */
  close(): void
}

export const MAX_CHUNK_BYTES = 1 << 20

/** Compressed bytes that are damaged, cut off, or not of the codec that they are said to be. */
export class DecompressionError extends DecodeError {}

/** Compressed bytes that may be sound but inflate beyond what the caller allows. */
export class DecompressionLimitError extends DecodeError {}
