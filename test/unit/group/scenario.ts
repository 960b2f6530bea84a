/**
 * Stories of one group `g`, told as data: each step is what somebody does and then all that anybody is told until the next
 * step, sorted. A word of it that is missing or too much fails the test.
 *
 * Steps: `a joins [as i] [with range,roundrobin] [version N] [session N] [of type x]` · `a syncs [a=x b=y]` · `a heartbeats` · `a leaves` ·
 * `a commits t-0=5` · `a forgets its id` · `a connects` (once more: the older connections stay open) · `a drops old` (connections) · `a disconnects` · `wait N` · `the next write fails CODE` · `writes stall` · `writes go on` · `restart`.
 * Answers: `a: …` as `say…` below writes them.
 */
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { DescribeGroupsResponse } from '../../../protocol/messages/describe-groups.ts'
import { HeartbeatResponse } from '../../../protocol/messages/heartbeat.ts'
import { JoinGroupResponse } from '../../../protocol/messages/join-group.ts'
import { LeaveGroupResponse } from '../../../protocol/messages/leave-group.ts'
import { OffsetCommitResponse } from '../../../protocol/messages/offset-commit.ts'
import { SyncGroupResponse } from '../../../protocol/messages/sync-group.ts'
import type { GroupRequestContext } from '../../../src/group/group-coordinator.ts'
import type { GroupSettings } from '../../../src/group/group-settings.ts'
import { commitRequest, context, GroupBench, heartbeatRequest, joinRequest, leaveRequest, received, subscription, syncRequest } from './group-bench.ts'

export type Step = readonly [does: string, ...told: string[]]

/** Long enough for everything that happens without waiting. */
const SETTLE_MS = 20

interface Client {
  readonly name: string
  memberId: string
  groupInstanceId: string | null
  generationId: number
  protocolName: string | null
  /** Those that are open; requests come on the last. */
  connectionIds: number[]
}

export async function play(steps: readonly Step[], settings: Partial<GroupSettings> = {}): Promise<Step[]> {
  const story = new Story(await GroupBench.start(settings))
  const played: Step[] = []
  for (const [does] of steps) played.push([does, ...(await story.step(does))])
  return played
}

class Story {
  readonly #bench: GroupBench
  readonly #clients = new Map<string, Client>()
  /** Whose each member id is or was. */
  readonly #names = new Map<string, string>()
  #told: string[] = []
  #connectionCount = 0

  constructor(bench: GroupBench) {
    this.#bench = bench
  }

  async step(does: string): Promise<string[]> {
    this.#told = []
    const [subject = '', verb = '', ...rest] = does.split(' ')
    if (subject === 'wait') await this.#bench.world.run(Number(verb))
    else if (does === 'restart') await this.#bench.reload()
    else if (does === 'writes stall') this.#bench.log.hold()
    else if (does === 'writes go on') this.#bench.log.release()
    else if (does.startsWith('the next write fails ')) this.#bench.log.failNext(ErrorCode[does.split(' ').at(-1) as keyof typeof ErrorCode])
    else if (does === 'describe') await this.#describe()
    else this.#act(this.#client(subject), verb, rest)
    if (subject !== 'wait') await this.#bench.world.run(SETTLE_MS)
    return this.#told.map((told) => this.#withNames(told)).sort()
  }

  #client(name: string): Client {
    const client = this.#clients.get(name) ?? { name, memberId: '', groupInstanceId: null, generationId: -1, protocolName: null, connectionIds: [] }
    this.#clients.set(name, client)
    return client
  }

  #act(client: Client, verb: string, rest: readonly string[]): void {
    const say = (what: string) => this.#told.push(`${client.name}: ${what}`)
    switch (verb) {
      case 'joins':
        return void this.#join(client, rest).then(say)
      case 'syncs':
        return void this.#sync(client, rest).then(say)
      case 'heartbeats':
        return void this.#heartbeat(client).then(say)
      case 'leaves':
        return void this.#leave(client).then(say)
      case 'commits':
        return void this.#commit(client, rest).then(say)
      case 'forgets':
        client.memberId = ''
        return
      case 'connects':
        client.connectionIds.push(++this.#connectionCount)
        return
      case 'drops':
        this.#close(client.connectionIds.splice(0, client.connectionIds.length - 1))
        return
      case 'disconnects':
        this.#close(client.connectionIds.splice(0))
        return
      default:
        throw new Error(`nobody knows how ${client.name} ${verb}`)
    }
  }

  #close(connectionIds: readonly number[]): void {
    for (const connectionId of connectionIds) this.#bench.groups.onConnectionClosed(connectionId)
  }

  #context(client: Client, apiVersion: number): GroupRequestContext {
    if (client.connectionIds.length === 0) client.connectionIds.push(++this.#connectionCount)
    return context(apiVersion, client.name, client.connectionIds.at(-1))
  }

  async #join(client: Client, words: readonly string[]): Promise<string> {
    const option = (name: string) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined)
    client.groupInstanceId = option('as') ?? client.groupInstanceId
    const names = (option('with') ?? 'range').split(',')
    const apiVersion = Number(option('version') ?? 9)
    const request = joinRequest({
      memberId: client.memberId,
      groupInstanceId: client.groupInstanceId,
      sessionTimeoutMs: Number(option('session') ?? 10_000),
      protocolType: option('type') ?? 'consumer',
      protocols: names.map((name) => ({ name, metadata: subscription('t') })),
    })
    const answer = received(JoinGroupResponse, await this.#bench.groups.joinGroup(this.#context(client, apiVersion), request), apiVersion)
    const { errorCode, memberId, generationId, protocolName, members, skipAssignment } = answer
    if (errorCode === ErrorCode.MEMBER_ID_REQUIRED || errorCode === ErrorCode.NONE) this.#remember(client, memberId)
    if (errorCode !== ErrorCode.NONE) return `join ${errorName(errorCode)}`
    client.generationId = generationId
    client.protocolName = protocolName
    const joined = `joined ${generationId} by ${protocolName}`
    if (members.length === 0) return joined
    return `${joined} leading ${members.map((member) => `<${member.memberId}>`).join(',')}${skipAssignment ? ' keeping the assignment' : ''}`
  }

  #remember(client: Client, memberId: string): void {
    client.memberId = memberId
    this.#names.set(memberId, client.name)
  }

  async #sync(client: Client, words: readonly string[]): Promise<string> {
    const { memberId, generationId, groupInstanceId, protocolName } = client
    const assignments = words.map((word) => {
      const [name = '', assignment = ''] = word.split('=')
      return { memberId: this.#client(name).memberId, assignment: Buffer.from(assignment) }
    })
    const request = syncRequest({ memberId, generationId, groupInstanceId, protocolName: protocolName ?? 'range', assignments })
    const { errorCode, assignment } = received(SyncGroupResponse, await this.#bench.groups.syncGroup(this.#context(client, 5), request), 5)
    if (errorCode !== ErrorCode.NONE) return `sync ${errorName(errorCode)}`
    return `assigned ${Buffer.from(assignment).toString() || 'nothing'}`
  }

  async #heartbeat(client: Client): Promise<string> {
    const { memberId, generationId, groupInstanceId } = client
    const answer = await this.#bench.groups.heartbeat(this.#context(client, 4), heartbeatRequest({ memberId, generationId, groupInstanceId }))
    return `heartbeat ${errorName(received(HeartbeatResponse, answer, 4).errorCode)}`
  }

  async #leave({ memberId, groupInstanceId }: Client): Promise<string> {
    const answer = received(LeaveGroupResponse, await this.#bench.groups.leaveGroup(context(5), leaveRequest([{ memberId, groupInstanceId }])), 5)
    return `left ${[answer.errorCode, ...answer.members.map(({ errorCode }) => errorCode)].map(errorName).join(' ')}`
  }

  async #commit(client: Client, words: readonly string[]): Promise<string> {
    const { memberId, generationId, groupInstanceId } = client
    const offsets = Object.fromEntries(words.map((word) => word.split('=')).map(([key, offset]) => [key, Number(offset)]))
    const request = commitRequest(offsets, { memberId, generationIdOrMemberEpoch: memberId === '' ? -1 : generationId, groupInstanceId })
    const { topics } = received(OffsetCommitResponse, await this.#bench.groups.offsetCommit(this.#context(client, 9), request), 9)
    const codes = topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorName(errorCode)))
    return `commit ${[...new Set(codes)].join(',')}`
  }

  async #describe(): Promise<void> {
    const answer = await this.#bench.groups.describeGroups(context(6), { groups: ['g'], includeAuthorizedOperations: false })
    for (const { groupState, members } of received(DescribeGroupsResponse, answer, 6).groups) {
      const assigned = members.map(({ memberId, memberAssignment }) => `<${memberId}>=${Buffer.from(memberAssignment)}`)
      this.#told.push(`group: ${[groupState, ...assigned].join(' ')}`)
    }
  }

  /** Member ids may be told before those are who have them. */
  #withNames(told: string): string {
    const named = told.replace(/<([^>]*)>/g, (_match, memberId: string) => this.#names.get(memberId) ?? memberId)
    return named.replace(/leading (\S+)/, (_match, names: string) => `leading ${names.split(',').sort().join(',')}`)
  }
}
