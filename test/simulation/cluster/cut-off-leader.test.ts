import { expect, it } from 'vitest'
import { playCutOffLeader, playLoneLeader, playSilentLeader } from './cut-off-leader.ts'

it.each([1, 2, 3])('no answer of a leader that is cut off and stops is taken for that to another request, seed %i', async (seed) => {
  await expect(playCutOffLeader(seed)).resolves.toBeUndefined()
})

it.each([1, 2, 3])('a leader that is silent is replaced, seed %i', async (seed) => {
  await expect(playSilentLeader(seed)).resolves.toBeUndefined()
})

it.each([1, 2, 3])('a leader that has a partition alone shows and acknowledges nothing where two replicas are asked for, seed %i', async (seed) => {
  await expect(playLoneLeader(seed)).resolves.toBeUndefined()
})
