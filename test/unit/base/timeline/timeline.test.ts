import { expect, it } from 'vitest'
import { SnapshotRegistry } from '../../../../src/base/timeline/snapshot-registry.ts'
import { TimelineMap } from '../../../../src/base/timeline/timeline-map.ts'
import { TimelineValue } from '../../../../src/base/timeline/timeline-value.ts'

it('a revert undoes structures that were made after the snapshot and those made before it', () => {
  const registry = new SnapshotRegistry()
  const groups = new TimelineMap<string, TimelineValue<string>>(registry)
  const old = new TimelineValue(registry, 'Empty')
  groups.set('old', old)
  registry.createSnapshot(10)
  old.set('Stable')
  groups.set('new', new TimelineValue(registry, 'Empty'))
  registry.revertTo(10)
  expect([...groups.keys()]).toEqual(['old'])
  expect(old.get()).toBe('Empty')
})

it('the snapshot reverted to can be reverted to again', () => {
  const registry = new SnapshotRegistry()
  const value = new TimelineValue(registry, 1)
  registry.createSnapshot(5)
  for (const attempt of [2, 3]) {
    value.set(attempt)
    registry.revertTo(5)
    expect(value.get()).toBe(1)
  }
})

it('a second snapshot at the same offset leaves the first as it was', () => {
  const registry = new SnapshotRegistry()
  const value = new TimelineValue(registry, 'first')
  registry.createSnapshot(7)
  value.set('second')
  registry.createSnapshot(7)
  expect(value.get(7)).toBe('first')
  expect(registry.latestOffset).toBe(7)
})

it('changes before the first snapshot leave nothing to undo, and forgetting lets go of what was noted', () => {
  const registry = new SnapshotRegistry()
  const map = new TimelineMap<number, number>(registry)
  for (let key = 0; key < 100; key++) map.set(key, key)
  registry.createSnapshot(0)
  expect(registry.latest()?.undoOf.size).toBe(0)
  map.set(1, 2)
  registry.createSnapshot(1)
  registry.deleteSnapshotsUpTo(1)
  expect(registry.offsets()).toEqual([1])
  registry.clear()
  expect(registry.latestOffset).toBe(-1)
  expect(map.get(1)).toBe(2)
})

it('offsets that are no snapshots are refused, and snapshots that go back too', () => {
  const registry = new SnapshotRegistry()
  const map = new TimelineMap<string, number>(registry)
  registry.createSnapshot(4)
  expect(() => map.get('a', 3)).toThrow('read at 3')
  expect(() => registry.revertTo(5)).toThrow('revert to 5')
  expect(() => registry.createSnapshot(3)).toThrow('order of offsets')
})
