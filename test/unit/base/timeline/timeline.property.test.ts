import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SnapshotRegistry } from '../../../../src/base/timeline/snapshot-registry.ts'
import { TimelineMap } from '../../../../src/base/timeline/timeline-map.ts'
import { TimelineSet } from '../../../../src/base/timeline/timeline-set.ts'

interface State {
  map: Map<string, number | undefined>
  set: Set<string>
}

/** The naive model: it copies the whole state at each snapshot. */
class Model {
  now: State = { map: new Map(), set: new Set() }
  snapshots = new Map<number, State>()

  snapshot(offset: number) {
    if (!this.snapshots.has(offset)) this.snapshots.set(offset, copy(this.now))
  }
  revertTo(offset: number) {
    this.now = copy(this.snapshots.get(offset) as State)
    for (const other of this.snapshots.keys()) if (other > offset) this.snapshots.delete(other)
  }
  deleteUpTo(offset: number) {
    for (const other of this.snapshots.keys()) if (other < offset) this.snapshots.delete(other)
  }
}

const copy = (state: State): State => ({ map: new Map(state.map), set: new Set(state.set) })

type Step =
  | { readonly kind: 'put'; readonly key: string; readonly value: number | undefined }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'snapshot'; readonly gap: number }
  | { readonly kind: 'revert'; readonly pick: number }
  | { readonly kind: 'forget'; readonly pick: number }

const key = fc.constantFrom('a', 'b', 'c', 'd')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), key, value: fc.option(fc.nat({ max: 3 }), { nil: undefined }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('snapshot' as const), gap: fc.nat({ max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revert' as const), pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('forget' as const), pick: fc.nat() }) },
)

class Subject {
  readonly registry = new SnapshotRegistry()
  readonly map = new TimelineMap<string, number | undefined>(this.registry)
  readonly set = new TimelineSet<string>(this.registry)

  /** Read in every way there is, so that the ways are checked against each other too. */
  read(atOffset?: number): State {
    const state = { map: new Map(this.map.entries(atOffset)), set: new Set(this.set.values(atOffset)) }
    expect(this.map.size(atOffset)).toBe(state.map.size)
    expect(this.set.size(atOffset)).toBe(state.set.size)
    expect([...this.map.keys(atOffset)]).toEqual([...state.map.keys()])
    expect([...this.map.values(atOffset)]).toEqual([...state.map.values()])
    for (const each of ['a', 'b', 'c', 'd']) {
      expect(this.map.has(each, atOffset)).toBe(state.map.has(each))
      expect(this.map.get(each, atOffset)).toBe(state.map.get(each))
      expect(this.set.has(each, atOffset)).toBe(state.set.has(each))
    }
    return state
  }
}

function apply(one: Step, subject: Subject, model: Model): void {
  switch (one.kind) {
    case 'put':
      subject.map.set(one.key, one.value)
      expect(subject.set.add(one.key)).toBe(!model.now.set.has(one.key))
      model.now.map.set(one.key, one.value)
      model.now.set.add(one.key)
      return
    case 'delete':
      expect(subject.map.delete(one.key)).toBe(model.now.map.delete(one.key))
      expect(subject.set.delete(one.key)).toBe(model.now.set.delete(one.key))
      return
    case 'clear':
      subject.map.clear()
      subject.set.clear()
      model.now.map.clear()
      model.now.set.clear()
      return
    case 'snapshot': {
      const offset = Math.max(subject.registry.latestOffset, 0) + one.gap
      subject.registry.createSnapshot(offset)
      model.snapshot(offset)
      return
    }
    case 'revert':
    case 'forget': {
      const offsets = [...model.snapshots.keys()]
      if (offsets.length === 0) return
      const offset = offsets[one.pick % offsets.length] as number
      if (one.kind === 'revert') {
        subject.registry.revertTo(offset)
        model.revertTo(offset)
      } else {
        subject.registry.deleteSnapshotsUpTo(offset)
        model.deleteUpTo(offset)
      }
    }
  }
}

it('at every snapshot and at present, the state is that of a model which copies everything', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const subject = new Subject()
      const model = new Model()
      for (const one of steps) {
        apply(one, subject, model)
        expect(subject.registry.offsets()).toEqual([...model.snapshots.keys()].sort((a, b) => a - b))
        for (const [offset, state] of model.snapshots) expect(subject.read(offset)).toEqual(state)
        expect(subject.read()).toEqual(model.now)
      }
    }),
    { numRuns: 300 },
  )
})
