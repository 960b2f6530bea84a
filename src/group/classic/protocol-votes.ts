import { inHashMapOrder } from '../../base/java-hash-code.ts'

/**
 * The protocol with the most votes. Between equals Kafka takes the one that comes first in a Java HashMap, and so do we:
 * members of one group must not see another choice when its coordinator moves between Kafka and Odradek.
 *
 * @param votes one protocol name for each member; at least one
 * Source: org.apache.kafka.coordinator.group.classic.ClassicGroup.selectProtocol.
 */
export function mostVoted(votes: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const name of votes) counts.set(name, (counts.get(name) ?? 0) + 1)
  let winner: string | null = null
  for (const name of inHashMapOrder([...counts.keys()])) {
    if (winner === null || (counts.get(name) as number) > (counts.get(winner) as number)) winner = name
  }
  return winner
}
