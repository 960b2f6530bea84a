/** Smaller buffers come from Node's own pool or cost little. */
const SMALLEST_BYTES = 16 * 1024
/** Larger ones are rare, and kept they would weigh. */
const LARGEST_BYTES = 4 * 1024 * 1024

/**
 * Buffers that are used again. A fresh large buffer for each request or read costs more than what is done with it: the
 * kernel clears its pages, and the garbage collector runs for memory that it does not even hold itself.
 *
 * A buffer that is never given back is an ordinary one: the collector takes it. What lies unused is bounded.
 */
export class BufferPool {
  readonly #maxFreeBytes: number
  /** By size, a power of two. */
  readonly #free = new Map<number, ArrayBuffer[]>()
  #freeBytes = 0

  /** @param maxFreeBytes what may lie unused in all */
  constructor(maxFreeBytes: number) {
    this.#maxFreeBytes = maxFreeBytes
  }

  get freeBytes(): number {
    return this.#freeBytes
  }

  /** A buffer of `sizeBytes` that holds anything. */
  take(sizeBytes: number): Buffer {
    if (sizeBytes < SMALLEST_BYTES || sizeBytes > LARGEST_BYTES) return Buffer.allocUnsafe(sizeBytes)
    const capacity = 2 ** Math.ceil(Math.log2(sizeBytes))
    const memory = this.#free.get(capacity)?.pop()
    if (memory === undefined) return Buffer.from(Buffer.allocUnsafeSlow(capacity).buffer, 0, sizeBytes)
    this.#freeBytes -= capacity
    return Buffer.from(memory, 0, sizeBytes)
  }

  /** To be called once for a buffer from `take` (not for a part of it), by the last who used it. One that is not kept is let go. */
  giveBack(buffer: Buffer): void {
    const memory = buffer.buffer
    const capacity = memory.byteLength
    if (!(memory instanceof ArrayBuffer) || !isPooled(buffer, capacity) || this.#freeBytes + capacity > this.#maxFreeBytes) return
    const free = this.#free.get(capacity)
    if (free === undefined) this.#free.set(capacity, [memory])
    else free.push(memory)
    this.#freeBytes += capacity
  }
}

/** Whether `take` would give this size of memory for this size of buffer: not so for Node's own pool, nor for what was too large. */
function isPooled(buffer: Buffer, capacity: number): boolean {
  const isPowerOfTwo = (capacity & (capacity - 1)) === 0
  return isPowerOfTwo && buffer.byteOffset === 0 && buffer.length >= SMALLEST_BYTES && buffer.length > capacity / 2 && capacity <= LARGEST_BYTES
}
