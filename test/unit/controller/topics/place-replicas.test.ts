import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placeReplicas } from '../../../../src/controller/topics/place-replicas.ts'
import type { MetadataRecord } from '../../../../src/metadata/metadata-record.ts'
import { SeededRandom } from '../../../support/world/seeded-random.ts'
import { broker, brokerDirectory } from '../../metadata/records.ts'
import { cluster } from '../cluster.ts'

function place(brokers: readonly MetadataRecord[], partitionCount: number, replicationFactor: number, seed = 1) {
  const result = placeReplicas(cluster(...brokers).image, { partitionCount, replicationFactor }, new SeededRandom(seed))
  if (result.kind === 'refused') throw new Error(result.reason)
  return result.replicas
}

const racks = [
  broker(1, { rack: 'a' }),
  broker(2, { rack: 'a' }),
  broker(3, { rack: 'b' }),
  broker(4, { rack: 'b' }),
  broker(5, { rack: 'c' }),
  broker(6, { rack: 'c' }),
]
const rackOf = (id: number) => Math.ceil(id / 2)

describe('replicas', () => {
  it('are different brokers, the first of them live', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ fenced: fc.boolean(), rack: fc.constantFrom(null, 'a', 'b', 'c') }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        (options, partitionCount, seed) => {
          const fencedIds = options.flatMap((option, index) => (option.fenced && index > 0 ? [index + 1] : []))
          const brokers = options.map((option, index) => broker(index + 1, { ...option, fenced: fencedIds.includes(index + 1) }))
          const replicationFactor = 1 + (seed % brokers.length)
          const placed = place(brokers, partitionCount, replicationFactor, seed)
          expect(placed).toHaveLength(partitionCount)
          for (const replicas of placed) {
            expect(new Set(replicas).size).toBe(replicationFactor)
            expect(fencedIds).not.toContain(replicas[0])
          }
        },
      ),
    )
  })

  it('lead evenly', () => {
    const leaders = place([broker(1), broker(2), broker(3)], 300, 2).map((replicas) => replicas[0] as number)
    for (const id of [1, 2, 3]) expect(leaders.filter((leader) => leader === id)).toHaveLength(100)
  })

  it('of a partition stand in as many racks as they can, and leaders as evenly as the brokers', () => {
    const brokersOf = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 9 })
    fc.assert(
      fc.property(brokersOf, fc.nat(), fc.integer({ min: 1, max: 40 }), fc.boolean(), (names, seed, partitionCount, hasRacks) => {
        const brokers = names.map((rack, index) => broker(index + 1, { rack: hasRacks ? rack : null }))
        const replicationFactor = 1 + (seed % brokers.length)
        const placed = place(brokers, partitionCount, replicationFactor, seed)
        const rackCount = hasRacks ? new Set(names).size : 1
        const racksOf = (ids: readonly number[]) => new Set(ids.map((id) => (hasRacks ? names[id - 1] : null)))
        for (const replicas of placed) expect(racksOf(replicas).size).toBe(Math.min(replicationFactor, rackCount))
        if (hasRacks) return
        const leaders = names.map((_, index) => placed.filter(([leader]) => leader === index + 1).length)
        expect(Math.max(...leaders) - Math.min(...leaders)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('of a partition stand in as many racks as there are', () => {
    for (const replicas of place(racks, 50, 3)) expect(new Set(replicas.map(rackOf)).size).toBe(3)
  })

  it('go to fenced brokers only when there are too few others', () => {
    const brokers = [broker(1), broker(2), broker(3, { fenced: true })]
    for (const replicas of place(brokers, 20, 2)) expect(replicas).not.toContain(3)
    for (const replicas of place(brokers, 20, 3)) expect(replicas).toContain(3)
  })

  it('never go to a broker whose directories are all cordoned', () => {
    const brokers = [broker(1), broker(2, { cordonedLogDirs: [brokerDirectory(2)] })]
    for (const replicas of place(brokers, 20, 1)) expect(replicas).toEqual([1])
    expect(() => place(brokers, 1, 2)).toThrow('only 1 broker(s) are registered')
  })

  it('never go to a broker that shuts down', () => {
    expect(() => place([broker(1, { inControlledShutdown: true })], 1, 1)).toThrow('All brokers are currently fenced')
  })
})
