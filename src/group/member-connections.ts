/** A connection on which a request of a member came. A handler's `RequestContext` is one. */
export interface MemberConnection {
  /** Never reused while the node runs. */
  readonly connectionId: number
  /** Aborted when the connection is gone. Asked once for each connection. */
  readonly closed: AbortSignal
}

/** A member, or a member id that was given out. */
export interface MemberName {
  readonly groupId: string
  readonly memberId: string
}

/** A client speaks for its member over one connection, some over two; of more, those used last count. */
const MAX_CONNECTIONS_OF_MEMBER = 4
/** Of more members that speak over one connection, the newest are watched; the others end with their sessions, as all do in Kafka, or are not awaited in a rebalance. */
const MAX_MEMBERS_OF_CONNECTION = 1_000

interface Watched extends MemberName {
  /** The one used last stands last. */
  readonly connectionIds: number[]
}

/**
 * Which live connections the members of groups have spoken over. Soft, and bounded by the connections that are open: a member
 * is forgotten with its last connection, one that left meanwhile too.
 */
export class MemberConnections {
  readonly #members = new Map<string, Watched>()
  readonly #membersByConnection = new Map<number, Set<string>>()

  /** The member was heard of on this connection. */
  used({ groupId, memberId }: MemberName, { connectionId, closed }: MemberConnection): void {
    const keys = this.#membersByConnection.get(connectionId) ?? this.#open(connectionId, closed)
    if (keys === null) return
    const key = keyOf(groupId, memberId)
    const member = this.#members.get(key) ?? { groupId, memberId, connectionIds: [] }
    if (member.connectionIds.at(-1) === connectionId) return
    this.#members.set(key, member)
    remove(member.connectionIds, connectionId)
    member.connectionIds.push(connectionId)
    keys.delete(key)
    keys.add(key)
    if (member.connectionIds.length > MAX_CONNECTIONS_OF_MEMBER) this.#drop(member.connectionIds[0] as number, key)
    if (keys.size > MAX_MEMBERS_OF_CONNECTION) this.#drop(connectionId, keys.values().next().value as string)
  }

  /** @returns the members that have no connection left */
  closed(connectionId: number): readonly MemberName[] {
    const keys = this.#membersByConnection.get(connectionId)
    if (keys === undefined) return []
    const left: MemberName[] = []
    for (const key of [...keys]) {
      const member = this.#members.get(key) as Watched
      this.#drop(connectionId, key)
      if (member.connectionIds.length === 0) left.push({ groupId: member.groupId, memberId: member.memberId })
    }
    this.#membersByConnection.delete(connectionId)
    return left
  }

  isConnected({ groupId, memberId }: MemberName): boolean {
    return this.#members.has(keyOf(groupId, memberId))
  }

  /** null: the connection is gone already, and nobody will tell of it again. */
  #open(connectionId: number, closed: AbortSignal): Set<string> | null {
    if (closed.aborted) return null
    const keys = new Set<string>()
    this.#membersByConnection.set(connectionId, keys)
    return keys
  }

  #drop(connectionId: number, key: string): void {
    this.#membersByConnection.get(connectionId)?.delete(key)
    const member = this.#members.get(key)
    if (member === undefined) return
    remove(member.connectionIds, connectionId)
    if (member.connectionIds.length === 0) this.#members.delete(key)
  }
}

function keyOf(groupId: string, memberId: string): string {
  return `${groupId}\0${memberId}`
}

function remove(connectionIds: number[], connectionId: number): void {
  const index = connectionIds.indexOf(connectionId)
  if (index >= 0) connectionIds.splice(index, 1)
}
