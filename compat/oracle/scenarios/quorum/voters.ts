import { AddRaftVoterApi } from '../../../../protocol/messages/add-raft-voter.ts'
import { RemoveRaftVoterApi } from '../../../../protocol/messages/remove-raft-voter.ts'
import { UpdateRaftVoterApi } from '../../../../protocol/messages/update-raft-voter.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import { type Scenario, versions } from '../../scenario.ts'
import { DIRECTORY, FAKE, FakeReplica } from './fake-replica.ts'

const CONTROLLER = [{ name: 'CONTROLLER', host: '127.0.0.1', port: 1 }]
const OTHER = [{ name: 'OTHER', host: '127.0.0.1', port: 1 }]

/** A sentence that names the cluster. */
const withoutCluster = (outcome: unknown, clusterId: string) => JSON.parse(JSON.stringify(outcome).replaceAll(clusterId, '<cluster>'))

const adds: Scenario = {
  name: 'AddRaftVoter: what cannot be added',
  versions: versions(0, 1),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { clusterId } = replica
    const request = { clusterId, timeoutMs: 1000, voterId: FAKE, voterDirectoryId: DIRECTORY, listeners: CONTROLLER, ackWhenCommitted: true }
    const add = async (change: object = {}) => withoutCluster(await replica.says(AddRaftVoterApi, version, { ...request, ...change }), clusterId)
    return [
      await add(),
      await add({ voterId: -1 }),
      await add({ voterDirectoryId: ZERO_UUID }),
      await add({ listeners: [] }),
      await add({ listeners: OTHER }),
      await add({ clusterId: 'another' }),
      await add({ clusterId: null }),
      // A broker passes it on.
      withoutCluster(await stage.client.exchange(AddRaftVoterApi, version, request), clusterId),
      ...(version < 1 ? [] : [await add({ ackWhenCommitted: false })]),
    ]
  },
}

const removes: Scenario = {
  name: 'RemoveRaftVoter: what cannot be removed',
  versions: versions(0, 0),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { clusterId } = replica
    const request = { clusterId, voterId: FAKE, voterDirectoryId: DIRECTORY }
    const remove = async (change: object = {}) => withoutCluster(await replica.says(RemoveRaftVoterApi, version, { ...request, ...change }), clusterId)
    return [
      await remove(),
      await remove({ voterId: -1 }),
      await remove({ voterDirectoryId: ZERO_UUID }),
      await remove({ clusterId: 'another' }),
      await remove({ clusterId: null }),
      // A broker passes it on.
      withoutCluster(await stage.client.exchange(RemoveRaftVoterApi, version, request), clusterId),
    ]
  },
}

const updates: Scenario = {
  name: 'UpdateRaftVoter: what cannot be updated',
  versions: versions(0, 0),
  async run(stage, version) {
    const replica = await FakeReplica.of(stage)
    const { clusterId, epoch } = replica
    const request = {
      clusterId,
      currentLeaderEpoch: epoch,
      voterId: FAKE,
      voterDirectoryId: DIRECTORY,
      listeners: CONTROLLER,
      kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
    }
    const update = (change: object = {}) => replica.says(UpdateRaftVoterApi, version, { ...request, ...change })
    return [
      await update(),
      await update({ voterId: -1 }),
      await update({ voterDirectoryId: ZERO_UUID }),
      await update({ listeners: [] }),
      await update({ listeners: OTHER }),
      await update({ kRaftVersionFeature: { minSupportedVersion: -1, maxSupportedVersion: 1 } }),
      await update({ kRaftVersionFeature: { minSupportedVersion: 1, maxSupportedVersion: 0 } }),
      await update({ kRaftVersionFeature: { minSupportedVersion: 2, maxSupportedVersion: 3 } }),
      await update({ currentLeaderEpoch: epoch - 1 }),
      await update({ currentLeaderEpoch: epoch + 1 }),
      await update({ currentLeaderEpoch: epoch + 1, voterId: -1 }),
      await update({ clusterId: 'another' }),
      await update({ clusterId: null }),
    ]
  },
}

export const voterScenarios: readonly Scenario[] = [adds, removes, updates]
