import { expect, it } from 'vitest'
import { SnapshotRegistry } from '../../../../src/base/timeline/snapshot-registry.ts'
import { TimelineMap } from '../../../../src/base/timeline/timeline-map.ts'
import { TimelineSet } from '../../../../src/base/timeline/timeline-set.ts'

it('a revert undoes structures that were made after the snapshot and those made before it', () => {
  const registry = new SnapshotRegistry()
  const groups = new TimelineMap<string, TimelineSet<string>>(registry)
  const old = new TimelineSet<string>(registry)
  groups.set('old', old)
  registry.createSnapshot(10)
  old.add('member')
  groups.set('new', new TimelineSet(registry))
  registry.revertTo(10)
  expect([...groups.keys()]).toEqual(['old'])
  expect([...old.values()]).toEqual([])
})

it('the snapshot reverted to can be reverted to again', () => {
  const registry = new SnapshotRegistry()
  const map = new TimelineMap<string, number>(registry)
  map.set('a', 1)
  registry.createSnapshot(5)
  for (const attempt of [2, 3]) {
    map.set('a', attempt)
    registry.revertTo(5)
    expect(map.get('a')).toBe(1)
  }
})

it('a second snapshot at the same offset leaves the first as it was', () => {
  const registry = new SnapshotRegistry()
  const map = new TimelineMap<string, string>(registry)
  map.set('a', 'first')
  registry.createSnapshot(7)
  map.set('a', 'second')
  registry.createSnapshot(7)
  expect(map.get('a', 7)).toBe('first')
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
