import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { aliveBrokersOn, aliveOn, brokersOn, controllerIdForClients, noLeaderError, partitionView } from '../../../src/metadata/client-view.ts'
import { DirectoryId, type PartitionImage } from '../../../src/metadata/image.ts'
import { broker, brokerDirectory, partition, replay, topic } from './records.ts'

const both = [
  { name: 'PLAINTEXT', host: 'inside', port: 9092, securityProtocol: 0 },
  { name: 'OUTSIDE', host: 'outside', port: 19092, securityProtocol: 0 },
]
const directories = [brokerDirectory(1), brokerDirectory(2), brokerDirectory(3)]
const { image } = replay([
  broker(1, { endPoints: both, rack: 'a' }),
  broker(2),
  broker(3, { fenced: true }),
  topic('foo', 1),
  partition(1, 0, { replicas: [1, 2, 3], directories }),
  partition(1, 1, { replicas: [2, 1], leader: 2, directories: [DirectoryId.LOST, DirectoryId.UNASSIGNED] }),
  partition(1, 2, { replicas: [1, 9], leader: 9, directories: [brokerDirectory(1), brokerDirectory(9)] }),
])
const partitions = image.topics.byName.get('foo')?.partitions as readonly PartitionImage[]

describe('clients of a listener', () => {
  it('see the brokers that have it, at the address it has there', () => {
    expect(brokersOn(image, 'OUTSIDE')).toEqual([{ id: 1, host: 'outside', port: 19092, rack: 'a', isFenced: false }])
    expect(aliveBrokersOn(image, 'PLAINTEXT').map((view) => view.id)).toEqual([1, 2])
  })

  it('see replicas as offline that are fenced, lost their directory, are gone or have not the listener', () => {
    expect(partitionView(image, partitions[0] as PartitionImage, 'PLAINTEXT')).toEqual({ leaderId: 1, leaderEpoch: 0, offlineReplicas: [3] })
    expect(partitionView(image, partitions[1] as PartitionImage, 'PLAINTEXT')).toMatchObject({ leaderId: 2, offlineReplicas: [2] })
    expect(partitionView(image, partitions[1] as PartitionImage, 'OUTSIDE')).toMatchObject({ leaderId: -1, offlineReplicas: [2] })
    expect(partitionView(image, partitions[2] as PartitionImage, 'PLAINTEXT')).toMatchObject({ leaderId: -1, offlineReplicas: [9] })
  })

  it('are told why no leader is to be had', () => {
    expect(noLeaderError(image, partitions[1] as PartitionImage, { listenerErrors: true })).toBe(ErrorCode.LISTENER_NOT_FOUND)
    expect(noLeaderError(image, partitions[1] as PartitionImage, { listenerErrors: false })).toBe(ErrorCode.LEADER_NOT_AVAILABLE)
    expect(noLeaderError(image, partitions[2] as PartitionImage, { listenerErrors: true })).toBe(ErrorCode.LEADER_NOT_AVAILABLE)
  })

  it('that ask for live replicas get those', () => {
    expect(aliveOn(image, [1, 2, 3, 9], 'PLAINTEXT')).toEqual([1, 2])
  })

  it('are told a live broker as the controller, or none', () => {
    expect(controllerIdForClients(image, () => 1)).toBe(2)
    expect(controllerIdForClients(replay([broker(1, { fenced: true })]).image, () => 0)).toBe(-1)
  })
})
