import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DescribeQuorumApi } from '../../../protocol/messages/describe-quorum.ts'
import { until } from '../../kafkajs/support.ts'
import { ask } from '../../support/cluster/administer.ts'
import { type Cluster, startCluster } from '../../support/cluster/cluster.ts'
import type { ClusterNode } from '../../support/cluster/cluster-node.ts'
import { judge } from '../../support/cluster/judge.ts'
import { type CommandResult, runCommand } from '../../support/command.ts'
import { ODRADEK_PROGRAM, type OdradekProcess, prepareOdradek } from '../../support/odradek-process.ts'
import { ORACLE_CLUSTER_ID } from '../../support/oracle-node.ts'
import { KIND, QUICK, SOME, THREE, underLoad, untilWhole } from './faults.ts'

const TIMEOUT_MS = 180_000
const ENDS_WITHIN_MS = 20_000
const METADATA_LOG = { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }

let stack: AsyncDisposableStack
let cluster: Cluster
beforeEach(async () => {
  stack = new AsyncDisposableStack()
  cluster = stack.use(await startCluster({ nodes: THREE, settings: QUICK }))
})
afterEach(() => stack.disposeAsync())

function settingsOf(node: ClusterNode): string {
  return join(node.place.directory, 'server.properties')
}

function odradek(node: ClusterNode, ...args: readonly string[]): Promise<CommandResult> {
  return runCommand(process.execPath, [ODRADEK_PROGRAM, ...args, '--config', settingsOf(node)], { timeoutMs: ENDS_WITHIN_MS })
}

/** The process of a node with a flag that `ClusterNode` does not give. Not started. */
async function withFlag(node: ClusterNode, flag: string): Promise<OdradekProcess> {
  const { client, controller } = node.place.ports
  const options = { directory: node.place.directory, configFile: settingsOf(node), flags: [flag] }
  return stack.use(await prepareOdradek({ ...options, ports: [client as number, controller?.bound as number] }))
}

/** What the leader knows of a voter, once it has all that is committed. */
async function untilFollows(voterId: number): Promise<void> {
  await until(`voter ${voterId} has all metadata`, async () => {
    const { topics } = await ask(cluster, 1, DescribeQuorumApi, 2, { topics: [METADATA_LOG] })
    const partition = topics[0]?.partitions[0]
    const voter = partition?.currentVoters.find(({ replicaId }) => replicaId === voterId)
    return partition !== undefined && voter !== undefined && partition.highWatermark > 0 && voter.logEndOffset >= partition.highWatermark
  })
}

// Apache Kafka starts such a voter as if it were new.
describe.skipIf(KIND === 'kafka')('a voter of controller.quorum.voters whose directory is lost', () => {
  test(
    'is refused as it is and formatted anew, with the risk; with --replace-voter it is filled by the others and votes',
    async () => {
      const load = await underLoad(cluster, 'replaced', [1, 2, 3])
      const node = cluster.node(3)
      await node.kill()
      await rm(node.dataDirectory, { recursive: true })

      const refused = await odradek(node, 'start')
      expect([refused.exit, refused.stderr]).toEqual([
        1,
        expect.stringMatching(/may vote twice in one epoch, and committed metadata may be lost.*--replace-voter/),
      ])
      expect(existsSync(node.dataDirectory)).toBe(false)

      expect(await odradek(node, 'format', '--cluster-id', ORACLE_CLUSTER_ID)).toMatchObject({ exit: 0 })
      const formatted = await odradek(node, 'start')
      expect([formatted.exit, formatted.stderr]).toEqual([1, expect.stringMatching(/took part in this quorum before.*--replace-voter/)])
      await rm(node.dataDirectory, { recursive: true })

      const replaced = await withFlag(node, '--replace-voter')
      await replaced.start()
      expect(replaced.output()).toContain('a voter begins with an empty directory: if it voted in the present epoch before, it may vote twice')
      await untilWhole(load, 1)
      await untilFollows(3)
      // Half of a majority is the voter that was replaced.
      await cluster.node(2).kill()
      await load.producer.more(SOME)

      expect(await replaced.stop()).toBe(0)
      await Promise.all([replaced.start(), cluster.node(2).start()])
      await replaced.announced()
      expect(replaced.output()).toContain('--replace-voter is not needed, as this directory is not empty')
      expect(await replaced.stop()).toBe(0)
      await node.start()
      await untilWhole(load, 1)
      await judge(load)
    },
    TIMEOUT_MS,
  )
})
