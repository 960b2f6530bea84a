import { IncrementalAlterConfigsApi } from '../../../../protocol/messages/incremental-alter-configs.ts'
import type { Scenario } from '../../scenario.ts'
import { altering } from './partition-changes.ts'
import { createWith, untilLedBy } from './partitions.ts'
import { ofTwoBrokers } from './two-brokers.ts'

const TOPIC = 2
const LATEST_ALTER_PARTITION = 3

const goesBack = ofTwoBrokers({
  name: 'leadership goes back to the preferred replica by itself',
  versions: [0],
  async play({ stage, first: preferred, second: other, topic: name }) {
    const topicId = await createWith(stage, name, [[preferred.id, other.id]])
    return [
      await untilLedBy(stage, name, [preferred.id]),
      await preferred.beat({ wantFence: true }),
      await untilLedBy(stage, name, [other.id]),
      await preferred.beat(),
      await altering(other, topicId, LATEST_ALTER_PARTITION)({ leaderEpoch: 1, partitionEpoch: 1, isr: [other.id, preferred.id] }),
      await untilLedBy(stage, name, [preferred.id]),
    ]
  },
})

const uncleanly = ofTwoBrokers({
  name: 'a partition without a leader gets one when its topic comes to allow an unclean election',
  versions: [0],
  async play({ stage, first, second, topic: name }) {
    const topicId = await createWith(stage, name, [[first.id, second.id]])
    const allowed = { name: 'unclean.leader.election.enable', configOperation: 0, value: 'true' }
    return [
      await altering(first, topicId, LATEST_ALTER_PARTITION)({ leaderEpoch: 0, partitionEpoch: 0, isr: [first.id] }),
      await first.beat({ wantFence: true }),
      await untilLedBy(stage, name, [-1]),
      await stage.client.exchange(IncrementalAlterConfigsApi, 1, {
        resources: [{ resourceType: TOPIC, resourceName: name, configs: [allowed] }],
        validateOnly: false,
      }),
      await untilLedBy(stage, name, [second.id]),
    ]
  },
})

/** What the controller does by time, with short times. */
export const leaderScenarios: readonly Scenario[] = [goesBack, uncleanly]
