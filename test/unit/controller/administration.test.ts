import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Uuid } from '../../../protocol/uuid.ts'
import { fenceSilentBroker } from '../../../src/controller/brokers/broker-fencing.ts'
import { brokerHeartbeat } from '../../../src/controller/brokers/broker-heartbeat.ts'
import { registerBroker } from '../../../src/controller/brokers/broker-registration.ts'
import { unregisterBroker } from '../../../src/controller/cluster/unregister-broker.ts'
import { updateFeatures } from '../../../src/controller/cluster/update-features.ts'
import type { UpgradeType } from '../../../src/controller/cluster-controller.ts'
import { alterConfigs } from '../../../src/controller/configs/alter-configs.ts'
import type { ControllerRules } from '../../../src/controller/controller-rules.ts'
import { type ControllerState, stateOf } from '../../../src/controller/controller-state.ts'
import { alterPartition } from '../../../src/controller/partitions/alter-partition.ts'
import { assignReplicas } from '../../../src/controller/partitions/assign-replicas.ts'
import { balanceLeaders, electUncleanLeaders } from '../../../src/controller/partitions/balance-leaders.ts'
import { electLeaders } from '../../../src/controller/partitions/elect-leaders.ts'
import { reassignPartitions } from '../../../src/controller/partitions/reassign-partitions.ts'
import { createPartitions } from '../../../src/controller/topics/create-partitions.ts'
import { createTopics } from '../../../src/controller/topics/create-topics.ts'
import { deleteTopics } from '../../../src/controller/topics/delete-topics.ts'
import { ELR_VERSION, knownFeatures, recordLevels } from '../../../src/metadata/features.ts'
import { EMPTY_IMAGE, type MetadataImage, type PartitionImage } from '../../../src/metadata/image.ts'
import { imageRecords } from '../../../src/metadata/image-records.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { metadataRecordSerde } from '../../../src/metadata/record-serde.ts'
import { broker, brokerDirectory, content, feature, replay } from '../metadata/records.ts'
import { rules, stateAfter } from './cluster.ts'

/** What an administrator, or a broker, asks for: the records that are decided on. */
type Step = (state: ControllerState, rules: ControllerRules) => readonly MetadataRecord[]

const brokerId = fc.integer({ min: 1, max: 4 })
const topicName = fc.constantFrom('a', 'b')
const replicas = fc.uniqueArray(brokerId, { minLength: 1, maxLength: 3 })
const partitionIndex = fc.nat(2)

/** A second directory, beside `brokerDirectory`. */
const otherDirectory = (id: number) => `otherDir${String(id).padStart(2, '0')}AAAAAAAAAAAA` as Uuid
const directoriesOf = (id: number) => [brokerDirectory(id), otherDirectory(id)].sort()
const directory = fc.tuple(brokerId, fc.boolean()).map(([id, isOther]) => (isOther ? otherDirectory(id) : brokerDirectory(id)))

const registers = fc.tuple(brokerId, fc.nat(2), fc.boolean()).map(([id, incarnation, isClean]): Step => {
  return (state, theRules) => {
    const existing = state.image.cluster.brokers.get(id)
    const command = {
      clusterId: 'c',
      brokerId: id,
      incarnationId: `incarnation${incarnation}AAAAAAAAAA` as Uuid,
      endpoints: [{ name: 'PLAINTEXT', host: 'h', port: 9092, securityProtocol: 0 }],
      features: knownFeatures,
      rack: null,
      logDirs: directoriesOf(id),
      previousBrokerEpoch: isClean ? (existing?.epoch ?? -1) : -1,
    }
    const environment = { clusterId: 'c', nextOffset: state.image.provenance.offset + 1, hasLiveSession: false }
    return registerBroker(state, command, environment, theRules).records
  }
})

const wishes = fc.constantFrom({ wantFence: false, wantShutDown: false }, { wantFence: true, wantShutDown: false }, { wantFence: false, wantShutDown: true })
const beats = fc
  .tuple(brokerId, wishes, fc.array(directory, { maxLength: 1 }), fc.option(fc.array(directory, { maxLength: 1 })), fc.boolean())
  .map(([id, wish, offlineLogDirs, cordonedLogDirs, isHandedOver]): Step => {
    return (state, theRules) => {
      const brokerEpoch = state.image.cluster.brokers.get(id)?.epoch ?? -1
      const currentMetadataOffset = state.image.provenance.offset
      const command = { brokerId: id, brokerEpoch, currentMetadataOffset, ...wish, offlineLogDirs, cordonedLogDirs }
      return brokerHeartbeat(state, command, { registrationOffset: 0, isHandedOver }, theRules).records
    }
  })

const creates = fc.tuple(topicName, fc.array(replicas, { minLength: 1, maxLength: 3 })).map(([name, lists]): Step => {
  const assignments = lists.map((brokerIds, index) => ({ partitionIndex: index, brokerIds }))
  const topic = { name, partitionCount: -1, replicationFactor: -1, assignments, configs: [{ name: 'min.insync.replicas', value: '2' }] }
  return (state, theRules) => createTopics(state, { topics: [topic], validateOnly: false }, theRules).records
})

const grows = topicName.map((topic): Step => {
  return (state, theRules) => createPartitions(state, [{ topic, totalCount: 3, assignments: null }], { validateOnly: false }, theRules).records
})

const deletes = topicName.map((name): Step => {
  return (state) => deleteTopics(state, [state.image.topics.byName.get(name)?.id ?? ('unknownAAAAAAAAAAAAAAA' as Uuid)]).records
})

const resource = fc.constantFrom(
  { type: 2, name: 'a' },
  { type: 2, name: 'b' },
  { type: 4, name: '' },
  { type: 4, name: '1' },
  { type: 4, name: '2' },
  { type: 16, name: 'subscription' },
  { type: 32, name: 'group' },
)
const setting = fc.constantFrom('min.insync.replicas', 'unclean.leader.election.enable', 'interval.ms', 'my.own')
const configures = fc
  .tuple(resource, setting, fc.option(fc.constantFrom('true', '1', '200', '')), fc.boolean())
  .map(([{ type, name }, key, value, replaces]): Step => {
    const values = new Map(value === null ? [] : [[key, value]])
    const change = { name: key, operation: value === null ? ('delete' as const) : ('set' as const), value }
    const edit = replaces ? { type, name, kind: 'replace' as const, values } : { type, name, kind: 'change' as const, changes: [change] }
    return (state, theRules) => alterConfigs(state, { edits: [edit], validateOnly: false }, theRules).records
  })

const upgradeType = fc.constantFrom<UpgradeType>('upgrade', 'safe-downgrade', 'unsafe-downgrade')
const levels = fc.tuple(fc.constantFrom(...knownFeatures), fc.nat(30), upgradeType).map(([{ name }, level, type]): Step => {
  const updates = [{ feature: name, level, upgradeType: type }]
  return (state, theRules) =>
    updateFeatures(state, { updates, validateOnly: false }, { nodeId: 1, kraftVersion: 0, votersSupport: () => true }, theRules).records
})

const reassigns = fc.tuple(topicName, partitionIndex, fc.option(replicas)).map(([topic, partition, wanted]): Step => {
  const command = { allowReplicationFactorChange: true, topics: [{ topic, partitions: [{ partition, replicas: wanted }] }] }
  return (state, theRules) => reassignPartitions(state, command, theRules).records
})

const elects = fc.constantFrom('preferred' as const, 'unclean' as const).map((type): Step => {
  return (state, theRules) => electLeaders(state, { type, topics: null }, theRules).records
})

/** What the leader of a partition finds of its followers: some are in sync, be they live or not. */
const alters = fc
  .tuple(topicName, partitionIndex, fc.uniqueArray(brokerId, { maxLength: 4 }), fc.constantFrom('recovered' as const, 'recovering' as const), fc.nat(9))
  .map(([name, partition, found, recoveryState, staleness]): Step => {
    return (state, theRules) => {
      const { image } = state
      const topic = image.topics.byName.get(name)
      const before = topic?.partitions[partition]
      if (topic === undefined || before === undefined) return []
      const { leader, leaderEpoch, partitionEpoch, replicas: all } = before
      // Mostly what a leader would say, now and then what it should not.
      const isr = staleness === 0 ? found : all.filter((id) => id === leader || (found.includes(id) && image.cluster.brokers.get(id)?.fenced === false))
      const asked = { partition, leaderEpoch, partitionEpoch: partitionEpoch - (staleness === 1 ? 1 : 0), recoveryState }
      const partitions = [{ ...asked, isr: isr.map((id) => ({ brokerId: id, brokerEpoch: image.cluster.brokers.get(id)?.epoch ?? -1 })) }]
      const command = { brokerId: leader, brokerEpoch: image.cluster.brokers.get(leader)?.epoch ?? -1, topics: [{ topicId: topic.id, partitions }] }
      return alterPartition(state, command, theRules).records
    }
  })

/** What the controller does by time. */
const passes = fc.tuple(brokerId, fc.constantFrom('silent', 'preferred', 'unclean')).map(([id, what]): Step => {
  return (state, theRules) => {
    if (what === 'preferred') return balanceLeaders(state, theRules).records
    if (what === 'unclean') return electUncleanLeaders(state, theRules).records
    const brokerEpoch = state.image.cluster.brokers.get(id)?.epoch ?? -1
    return fenceSilentBroker(state, { brokerId: id, brokerEpoch }, theRules).records
  }
})

const places = fc.tuple(brokerId, topicName, partitionIndex, directory).map(([id, name, partition, directoryId]): Step => {
  return (state, theRules) => {
    const topicId = state.image.topics.byName.get(name)?.id ?? ('unknownAAAAAAAAAAAAAAA' as Uuid)
    const brokerEpoch = state.image.cluster.brokers.get(id)?.epoch ?? -1
    return assignReplicas(state, { brokerId: id, brokerEpoch, assignments: [{ topicId, partition, directoryId }] }, theRules).records
  }
})

const unregisters = brokerId.map(
  (id): Step =>
    (state, theRules) =>
      unregisterBroker(state, id, theRules).records,
)

const step = fc.oneof(
  { arbitrary: registers, weight: 3 },
  { arbitrary: beats, weight: 3 },
  { arbitrary: creates, weight: 2 },
  { arbitrary: alters, weight: 4 },
  { arbitrary: passes, weight: 2 },
  { arbitrary: reassigns, weight: 2 },
  configures,
  levels,
  elects,
  places,
  grows,
  deletes,
  unregisters,
)

/** The image that a snapshot of `image` gives to the next start. */
function reloaded(image: MetadataImage): MetadataImage {
  const written = [...imageRecords(image)].map((record) => metadataRecordSerde.encode(record))
  return replay(written.map((bytes) => metadataRecordSerde.decode(bytes))).image
}

/** At a level at which records cannot say who is eligible to lead, nobody is told; the same in Apache Kafka. */
function asTold({ features, topics, ...image }: MetadataImage): MetadataImage {
  if ((features.levels.get(ELR_VERSION) ?? 0) > 0) return { features, topics, ...image }
  const told = [...topics.byId.values()].map((topic) => ({
    ...topic,
    partitions: topic.partitions.map((partition) => ({ ...partition, eligibleLeaderReplicas: [], lastKnownElr: [] })),
  }))
  let { byId, byName } = topics
  for (const topic of told) {
    byId = byId.with(topic.id, topic)
    byName = byName.with(topic.name, topic)
  }
  return { features, topics: { byId, byName }, ...image }
}

/** That a replica which was moved away stays eligible is Kafka's way: only replicas are elected. */
function isSound({ replicas: all, isr, leader, eligibleLeaderReplicas: elr, addingReplicas, removingReplicas, directories }: PartitionImage): boolean {
  const isUnique = new Set(all).size === all.length
  const known = [...isr, ...addingReplicas, ...removingReplicas].every((id) => all.includes(id))
  return isUnique && known && (leader === -1 || isr.includes(leader)) && !elr.some((id) => isr.includes(id)) && directories.length === all.length
}

/** Every change of a partition has an epoch of its own; every leader leads in one of its own, also who leads again. */
function isNext(before: PartitionImage, after: PartitionImage): boolean {
  if (before === after) return true
  const leads = after.leaderEpoch - before.leaderEpoch
  return after.partitionEpoch === before.partitionEpoch + 1 && (after.leader === before.leader ? leads === 0 || leads === 1 : leads === 1)
}

/** The state after `records`, one by one. */
function followed(state: ControllerState, records: readonly MetadataRecord[]): ControllerState {
  return records.reduce((before, record) => {
    const after = stateAfter(before, [record])
    for (const { id, partitions } of after.image.topics.byId.values()) {
      const known = before.image.topics.byId.get(id)?.partitions ?? []
      expect(known.filter((partition, index) => partitions[index] !== undefined && !isNext(partition, partitions[index]))).toEqual([])
    }
    return after
  }, state)
}

function leadsLive({ leader }: PartitionImage, { cluster }: MetadataImage): boolean {
  return leader === -1 || cluster.brokers.get(leader)?.fenced === false
}

it('whatever is asked of the controller, its records fit, partitions stay sound, and a snapshot gives the same state again', () => {
  fc.assert(
    fc.property(fc.constantFrom(7, 14, 18, 22, 30), fc.boolean(), fc.array(step, { minLength: 20, maxLength: 60 }), (metadataVersion, hasElr, steps) => {
      const theRules = rules()
      const elr = hasElr && metadataVersion >= 23 ? [feature(ELR_VERSION, 1)] : []
      const knowsDirectories = recordLevels(metadataVersion).directoryAssignment
      const brokers = [1, 2, 3, 4].map((id) => broker(id, { logDirs: knowsDirectories ? directoriesOf(id) : [] }))
      let state = stateAfter(stateOf(EMPTY_IMAGE), [feature('metadata.version', metadataVersion), ...elr, ...brokers])
      for (const decide of steps) {
        state = followed(state, decide(state, theRules))
        const { image } = state
        for (const { partitions } of image.topics.byId.values()) {
          expect(partitions.filter((partition) => !isSound(partition) || !leadsLive(partition, image))).toEqual([])
        }
      }
      expect(content(reloaded(state.image))).toEqual(content(asTold(state.image)))
    }),
    { numRuns: 300 },
  )
})
