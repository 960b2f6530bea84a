import { boolean, int, javaClass, type Settings } from '../setting.ts'
import { atLeast } from '../values/validators.ts'

/** How topics come into being and go. */
export const topicsSettings = {
  'auto.create.topics.enable': boolean({ default: true, importance: 'high', does: 'Whether a topic that a client asks for is created when it is missing.' }),
  'num.partitions': int({ default: 1, validator: atLeast(1), does: 'Partitions of a topic that is created without a number of its own.' }),
  'default.replication.factor': int({ default: 1, does: 'Replicas of a topic that is created without a number of its own.' }),
  'delete.topic.enable': boolean({ default: true, importance: 'high', does: 'Whether topics can be deleted.' }),
  'create.topic.policy.class.name': javaClass({ default: null, importance: 'low' }),
  'alter.config.policy.class.name': javaClass({ default: null, importance: 'low' }),
} satisfies Settings
