import { assert } from '../../base/assert.ts'
import type { Segment } from './segment.ts'

/** The segments of a log by base offset, at least one. The last takes the appends. */
export class SegmentList {
  #segments: Segment[]

  constructor(segments: readonly Segment[]) {
    assert(segments.length > 0, 'a log has a segment')
    this.#segments = [...segments]
  }

  get all(): readonly Segment[] {
    return this.#segments
  }

  get first(): Segment {
    return this.#segments[0] as Segment
  }

  get active(): Segment {
    return this.#segments.at(-1) as Segment
  }

  /** The place of the segment that would hold `offset`; -1 when it lies before the first. */
  indexOf(offset: number): number {
    let low = 0
    let high = this.#segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#segments[middle] as Segment).baseOffset > offset) high = middle
      else low = middle + 1
    }
    return low - 1
  }

  at(index: number): Segment | undefined {
    return this.#segments[index]
  }

  append(segment: Segment): void {
    assert(segment.baseOffset > this.active.baseOffset, 'segments are appended in the order of their offsets')
    this.#segments.push(segment)
  }

  /** Removes the first `count` segments and returns them. */
  removeFirst(count: number): Segment[] {
    assert(count < this.#segments.length, 'a log keeps a segment')
    return this.#segments.splice(0, count)
  }

  /** Removes the segments above `offset`, not the first one, and returns them. */
  removeAbove(offset: number): Segment[] {
    return this.#segments.splice(Math.max(1, this.indexOf(offset) + 1))
  }

  /** Removes all and puts `segment` in their place. Returns those removed. */
  replaceAll(segment: Segment): Segment[] {
    const removed = this.#segments
    this.#segments = [segment]
    return removed
  }
}
