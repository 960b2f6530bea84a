import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { type FormatAs, formatNode } from '../../../../src/node/directories/format-node.ts'
import { staticVoterFormat } from '../../../../src/node/join/static-voter.ts'
import { type Logger, silentLogger } from '../../../../src/telemetry/logger.ts'
import { World } from '../../../support/world/world.ts'
import { tellingNode } from './told-cluster.ts'

const CLUSTER = 'AAAAAAAAAAAAAAAAAAAAAA'

interface Play {
  readonly voters?: string
  readonly othersRun?: boolean
  readonly isFormatted?: boolean
  readonly replaceVoter?: boolean
  readonly formatAs?: FormatAs
  readonly logger?: Logger
}

async function format({ voters = '1@one:19092,2@two:19092', othersRun = true, isFormatted = false, ...rest }: Play): Promise<FormatAs | undefined> {
  const world = new World({ seed: 1 })
  const { ports } = world.node('two')
  if (othersRun) await world.complete(tellingNode({ clusterId: CLUSTER, isController: true }).listen(world.node('one').ports.network, 19_092))
  const { identity } = loadConfig({ startedAs: { nodeNumber: 2 }, assignments: [`controller.quorum.voters=${voters}`] })
  if (isFormatted) await world.complete(formatNode({ identity, clusterId: CLUSTER, ignoreFormatted: true, ports }))
  return world.complete(staticVoterFormat({ formatAs: undefined, replaceVoter: false, logger: silentLogger, ...rest, identity, ports }))
}

describe('a voter of controller.quorum.voters with an empty directory', () => {
  test('is refused where the others run: it might vote twice', async () => {
    await expect(format({})).rejects.toThrow(
      /node 2 is a voter of cluster A{22} by controller.quorum.voters.*odradek format --cluster-id A{22}.*may vote twice in one epoch.*--replace-voter/,
    )
  })

  test('begins where it is told to replace the one that is lost, and the log says the risk', async () => {
    const warned: string[] = []
    const logger = { ...silentLogger, warn: (message: string) => void warned.push(message) }
    expect(await format({ replaceVoter: true, logger })).toEqual({ clusterId: CLUSTER })
    expect(warned).toEqual(['a voter begins with an empty directory: if it voted in the present epoch before, it may vote twice'])
  })

  test('is refused where nobody says which cluster it is, as each would make one of its own', async () => {
    await expect(format({ othersRun: false, replaceVoter: true })).rejects.toThrow('none of the other voters (one:19092) answers')
  })

  test.each<[string, Play]>([
    ['alone', { voters: '2@two:19092' }],
    ['that was formatted', { isFormatted: true }],
  ])('and one %s is left to itself', async (_, play) => {
    expect(await format(play)).toBeUndefined()
  })

  test('and one that was told its cluster is of that', async () => {
    expect(await format({ formatAs: { clusterId: 'B' } })).toEqual({ clusterId: 'B' })
  })
})
