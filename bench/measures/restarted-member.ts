import { startGroupMember } from '../../compat/support/group-member-process.ts'
import type { BenchBroker } from '../brokers.ts'

/**
 * From the kill -9 of a group's only consumer to the assignment of the one that is started at once in its place. In milliseconds,
 * with the start of that process in it. kafkajs with its defaults: a session timeout of 30 s.
 */
export async function restartedMember(broker: BenchBroker): Promise<number> {
  const member = { bootstrap: broker.bootstrap, groupId: 'restarted', topic: 'first-record' }
  const first = startGroupMember(member)
  await first.assigned
  await first.kill()
  const killedMs = performance.now()
  await using second = startGroupMember(member)
  await second.assigned
  return performance.now() - killedMs
}
