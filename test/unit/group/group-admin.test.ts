import { describe, expect, it } from 'vitest'
import { ConsumerGroupMemberMetadataKey, ConsumerGroupMemberMetadataValue } from '../../../protocol/coordinator/group/consumer-group-member-metadata.ts'
import { ConsumerGroupMetadataKey, ConsumerGroupMetadataValue } from '../../../protocol/coordinator/group/consumer-group-metadata.ts'
import { errorName } from '../../../protocol/error-codes.ts'
import { DescribeGroupsResponse } from '../../../protocol/messages/describe-groups.ts'
import { LeaveGroupResponse } from '../../../protocol/messages/leave-group.ts'
import { ListGroupsResponse } from '../../../protocol/messages/list-groups.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { encodeToBuffer } from '../../../protocol/schema/codec.ts'
import { commitRequest, committedOffsets, context, GroupBench, heartbeatRequest, joinRequest, leaveRequest, received, syncRequest } from './group-bench.ts'

async function describeOne(bench: GroupBench, groupId: string, apiVersion: number, includeAuthorizedOperations = false) {
  const answer = await bench.groups.describeGroups(context(apiVersion), { groups: [groupId], includeAuthorizedOperations })
  return received(DescribeGroupsResponse, answer, apiVersion).groups[0]
}

async function list(bench: GroupBench, statesFilter: string[] = [], typesFilter: string[] = []) {
  const answer = received(ListGroupsResponse, await bench.groups.listGroups(context(5), { statesFilter, typesFilter }), 5)
  return answer.groups.map(({ groupId, protocolType, groupState, groupType }) => [groupId, protocolType, groupState, groupType].join(' ')).sort()
}

/** A stable group of one member. */
async function joinAlone(bench: GroupBench, groupId: string): Promise<string> {
  const joining = bench.groups.joinGroup(context(3), joinRequest({ groupId }))
  const { memberId } = await bench.complete(joining)
  const request = syncRequest({ groupId, memberId: String(memberId), assignments: [{ memberId: String(memberId), assignment: Buffer.from('all') }] })
  await bench.complete(bench.groups.syncGroup(context(5), request))
  return String(memberId)
}

describe('describing groups', () => {
  it('tells of a stable group what its members are and do', async () => {
    const bench = await GroupBench.start()
    const memberId = await joinAlone(bench, 'g')
    const group = await describeOne(bench, 'g', 6)
    expect(group).toMatchObject({ errorCode: 0, groupState: 'Stable', protocolType: 'consumer', protocolData: 'range' })
    expect(group?.members).toMatchObject([{ memberId, clientId: 'client', clientHost: '/10.0.0.9', groupInstanceId: null }])
    expect(group?.members[0]?.memberMetadata.length).toBeGreaterThan(0)
    expect(Buffer.from(group?.members[0]?.memberAssignment as Uint8Array).toString()).toBe('all')
  })

  it('says of one that is not there that it is dead, and from version 6 on that it is an error', async () => {
    const bench = await GroupBench.start()
    expect(await describeOne(bench, 'nobody', 5)).toMatchObject({ errorCode: 0, groupState: 'Dead', errorMessage: null })
    const group = await describeOne(bench, 'nobody', 6)
    expect(group).toMatchObject({ errorCode: 69, groupState: 'Dead', errorMessage: 'Group nobody not found.' })
  })

  it('tells what may be done with a group when asked', async () => {
    const bench = await GroupBench.start()
    await joinAlone(bench, 'g')
    expect((await describeOne(bench, 'g', 5, true))?.authorizedOperations).toBe(3400)
    expect((await describeOne(bench, 'g', 5))?.authorizedOperations).toBe(-2_147_483_648)
  })

  it('elsewhere is answered NOT_COORDINATOR', async () => {
    const bench = await GroupBench.start()
    bench.groups.onResignation(0, null)
    expect(await describeOne(bench, 'g', 5)).toMatchObject({ errorCode: 16, groupState: '' })
  })
})

describe('listing groups', () => {
  it('gives those of the states and types that are wanted', async () => {
    const bench = await GroupBench.start()
    await joinAlone(bench, 'a')
    await bench.complete(bench.groups.offsetCommit(context(9), commitRequest({ 't-0': 1 }, { groupId: 'b' })))
    expect(await list(bench)).toEqual(['a consumer Stable classic', 'b  Empty classic'])
    expect(await list(bench, ['STABLE '])).toEqual(['a consumer Stable classic'])
    expect(await list(bench, [], ['Consumer'])).toEqual([])
    expect(await list(bench, [], ['Classic', 'nonsense'])).toHaveLength(2)
  })

  it('does not tell of groups that are not committed', async () => {
    const bench = await GroupBench.start()
    bench.log.hold()
    void bench.groups.offsetCommit(context(9), commitRequest({ 't-0': 1 }))
    await bench.world.run(10)
    expect(await list(bench)).toEqual([])
    bench.log.release()
    expect(await list(bench)).toHaveLength(1)
  })

  it('fails as a whole while a partition loads', async () => {
    const bench = await GroupBench.start()
    bench.groups.onElection(1, 1)
    const answer = received(ListGroupsResponse, await bench.groups.listGroups(context(5), { statesFilter: [], typesFilter: [] }), 5)
    expect(errorName(answer.errorCode)).toBe('COORDINATOR_LOAD_IN_PROGRESS')
  })
})

describe('leaving a group', () => {
  it('is answered for each member from version 3 on, and as a whole before', async () => {
    const bench = await GroupBench.start()
    const memberId = await joinAlone(bench, 'g')
    const leave = async (request: Parameters<typeof bench.groups.leaveGroup>[1], apiVersion: number) =>
      received(LeaveGroupResponse, await bench.complete(bench.groups.leaveGroup(context(apiVersion), request)), apiVersion)
    const answer = await leave(leaveRequest([{ memberId: 'x' }, { groupInstanceId: 'unknown' }]), 5)
    expect(answer.members.map(({ errorCode }) => errorName(errorCode))).toEqual(['UNKNOWN_MEMBER_ID', 'UNKNOWN_MEMBER_ID'])
    expect((await leave(leaveRequest([], { memberId: 'x' }), 2)).errorCode).toBe(25)
    expect((await leave(leaveRequest([], { memberId }), 2)).errorCode).toBe(0)
    expect((await leave(leaveRequest([{ memberId }], { groupId: '' }), 5)).errorCode).toBe(24)
  })

  it('of a group that is not there says of each member that it is unknown', async () => {
    const bench = await GroupBench.start()
    const answer = received(LeaveGroupResponse, await bench.complete(bench.groups.leaveGroup(context(5), leaveRequest([{ memberId: 'x' }]))), 5)
    expect(answer).toMatchObject({ errorCode: 0, members: [{ memberId: 'x', errorCode: 25 }] })
  })
})

describe('a group without a name', () => {
  it('can be neither joined nor synced nor kept alive', async () => {
    const bench = await GroupBench.start()
    expect((await bench.groups.joinGroup(context(9), joinRequest({ groupId: '' }))).errorCode).toBe(24)
    expect((await bench.groups.syncGroup(context(5), syncRequest({ groupId: '' }))).errorCode).toBe(24)
    expect((await bench.groups.heartbeat(context(4), heartbeatRequest({ groupId: '' }))).errorCode).toBe(24)
  })

  it('can have offsets', async () => {
    const bench = await GroupBench.start()
    await bench.complete(bench.groups.offsetCommit(context(9), commitRequest({ 't-0': 3 }, { groupId: '' })))
    expect(await committedOffsets(bench, '')).toEqual({ 't-0': 3 })
  })
})

describe('a consumer group in the log, of the newer protocol', () => {
  it('stays, is listed, and is no business of classic members', async () => {
    const bench = await GroupBench.start()
    bench.log.appendForeign(consumerGroupBatch('c', ['m']))
    bench.log.appendForeign(consumerGroupBatch('d', []))
    await bench.reload()
    expect(await list(bench)).toEqual(['c consumer Unknown consumer', 'd consumer Empty consumer'])
    expect(await describeOne(bench, 'c', 6)).toMatchObject({ errorCode: 69, errorMessage: 'Group c is not a classic group.' })
    const join = await bench.complete(bench.groups.joinGroup(context(9), joinRequest({ groupId: 'd' })))
    expect(errorName(Number(join.errorCode))).toBe('INCONSISTENT_GROUP_PROTOCOL')
    const deleted = await bench.complete(bench.groups.deleteGroups(context(2), { groupsNames: ['c', 'd'] }))
    expect(deleted.results.map(({ errorCode }) => errorName(Number(errorCode)))).toEqual(['NON_EMPTY_GROUP', 'GROUP_ID_NOT_FOUND'])
    const records = bench.log.endOffset
    await bench.world.run(3_600_000)
    expect(bench.log.endOffset).toBe(records)
  })

  it('has offsets that an administrator can read, and set while it is empty', async () => {
    const bench = await GroupBench.start()
    bench.log.appendForeign(consumerGroupBatch('c', ['m']))
    bench.log.appendForeign(consumerGroupBatch('d', []))
    await bench.reload()
    for (const groupId of ['c', 'd']) await bench.complete(bench.groups.offsetCommit(context(9), commitRequest({ 't-0': 3 }, { groupId })))
    expect(await committedOffsets(bench, 'c')).toEqual({})
    expect(await committedOffsets(bench, 'd')).toEqual({ 't-0': 3 })
  })
})

/** Records as Kafka writes them for a consumer group of KIP-848 with these members. */
function consumerGroupBatch(groupId: string, memberIds: readonly string[]): Buffer {
  const group = {
    key: prefixed(3, encodeToBuffer(ConsumerGroupMetadataKey, { groupId }, 0)),
    value: prefixed(0, encodeToBuffer(ConsumerGroupMetadataValue, { epoch: 1 }, 0)),
  }
  const member = {
    instanceId: null,
    rackId: null,
    clientId: 'c',
    clientHost: '/h',
    subscribedTopicNames: ['t'],
    subscribedTopicRegex: null,
    serverAssignor: null,
  }
  const members = memberIds.map((memberId) => ({
    key: prefixed(5, encodeToBuffer(ConsumerGroupMemberMetadataKey, { groupId, memberId }, 0)),
    value: prefixed(0, encodeToBuffer(ConsumerGroupMemberMetadataValue, member, 0)),
  }))
  return buildBatch(
    {},
    [...members, group].map((record) => ({ timestamp: 1, ...record })),
  )
}

function prefixed(prefix: number, body: Buffer): Buffer {
  const head = Buffer.alloc(2)
  head.writeInt16BE(prefix)
  return Buffer.concat([head, body])
}
