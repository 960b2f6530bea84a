import { describe, expect, it } from 'vitest'
import { playReplication } from './replication-story.ts'

const SEEDS = 12

describe('replication through crashes, power losses, cut wires and elections', () => {
  const first = Number(process.env.ODRADEK_REPLICATION_SEED ?? 1)
  const count = Number(process.env.ODRADEK_REPLICATION_SEEDS ?? SEEDS)
  it('loses nothing acknowledged, and all replicas end with the same bytes', async () => {
    let acknowledged = 0
    for (let seed = first; seed < first + count; seed++) acknowledged += (await playReplication(seed)).acknowledged.length
    expect(acknowledged).toBeGreaterThan(count * 10)
  }, 600_000)

  it('goes the same way for the same seed', async () => {
    const [one, other] = [await playReplication(77), await playReplication(77)]
    expect(other.world.trace.hash).toBe(one.world.trace.hash)
  }, 60_000)
})
