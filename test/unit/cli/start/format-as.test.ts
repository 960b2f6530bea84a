import { describe, expect, test } from 'vitest'
import { formatAs } from '../../../../src/cli/start/format-as.ts'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { type FormatAs, formatNode } from '../../../../src/node/directories/format-node.ts'
import type { JoinedCluster } from '../../../../src/node/join/prepare-join.ts'
import { World } from '../../../support/world/world.ts'

const CLUSTER = '4L6g3nShT-eMCtK--X86sw'
const OTHER = 'MkU3OEVBNTcwNTJENDM2Qk'
const environment = { ODRADEK_NEW_CLUSTER_ID: '5L6g3nShT-eMCtK--X86sw' }

interface Told {
  readonly assignments?: readonly string[]
  readonly clusterId?: string
  readonly joined?: JoinedCluster | null
  /** Whether the directory is formatted already. */
  readonly isFormatted?: boolean
}

async function told({ assignments = [], clusterId, joined, isFormatted = false }: Told): Promise<FormatAs | undefined> {
  const world = new World({ seed: 1 })
  const { ports } = world.node('n')
  const variables = clusterId === undefined ? {} : { KAFKA_CLUSTER_ID: clusterId }
  const loaded = loadConfig({ profile: 'dev', assignments, environment: variables })
  const { identity } = loaded
  if (isFormatted) await world.complete(formatNode({ identity, clusterId: CLUSTER, quorum: 'elsewhere', ignoreFormatted: true, ports }))
  return world.complete(formatAs({ loaded, joined, disk: ports.disk, environment }))
}

const SEVERAL = ['controller.quorum.voters=1@localhost:19092,2@b:19092']
const DYNAMIC = ['controller.quorum.bootstrap.servers=a:19092,b:19092']
const BROKER = ['process.roles=broker', 'node.id=4']

describe('a node whose directory is not formatted', () => {
  test('that is alone has the id that it is told, or any', async () => {
    expect(await told({})).toBeUndefined()
    expect(await told({ clusterId: CLUSTER })).toEqual({ clusterId: CLUSTER })
  })

  test('of several voters has the id that it is told, or the one that all of them have', async () => {
    expect(await told({ assignments: SEVERAL, clusterId: CLUSTER })).toEqual({ clusterId: CLUSTER })
    expect(await told({ assignments: SEVERAL })).toEqual({ clusterId: environment.ODRADEK_NEW_CLUSTER_ID })
  })

  test('of a dynamic quorum of others is told nothing, as an id does not say who begins it', async () => {
    expect(await told({ assignments: DYNAMIC, clusterId: CLUSTER })).toBeUndefined()
  })

  test('and that has no vote may be told which cluster it is of', async () => {
    expect(await told({ assignments: [...DYNAMIC, ...BROKER], clusterId: CLUSTER })).toEqual({ clusterId: CLUSTER, quorum: 'elsewhere' })
  })
})

describe('a node whose directory is formatted', () => {
  test('is not told the id for new clusters', async () => {
    expect(await told({ assignments: SEVERAL, isFormatted: true })).toBeUndefined()
  })

  test('is told the id of its cluster, so that a directory of another one is refused', async () => {
    expect(await told({ assignments: DYNAMIC, clusterId: OTHER, isFormatted: true })).toEqual({ clusterId: OTHER })
  })
})

describe('a node that joins', () => {
  const joined = { clusterId: CLUSTER, controllers: [] }

  test('has the id of the cluster that it found, or that it knew before', async () => {
    expect(await told({ joined })).toEqual({ quorum: 'elsewhere', clusterId: CLUSTER })
    expect(await told({ joined: null })).toEqual({ quorum: 'elsewhere' })
  })

  test('is refused where it found another cluster than it is told', async () => {
    await expect(told({ joined, clusterId: OTHER })).rejects.toThrow(`--join found the cluster ${CLUSTER}, and CLUSTER_ID is ${OTHER}`)
  })
})
