/**
 * What a client is asked to do, in the words by which its program knows it. Each client is asked all of these, but for what
 * its test file leaves out with a reason; what only some clients can do is added there.
 */
export const HABITS = [
  'records come back with keys and headers',
  'records of each codec come back',
  'many records keep the order of their keys',
  'an idempotent producer keeps order',
  'a topic is made by producing to it',
  'a consumer begins at the beginning or at the end',
  'a consumer begins at a time',
  'a group shares partitions and rebalances',
  'a group resumes where it committed',
  'topics are made listed described and deleted',
  'topics that cannot be made are refused',
  'partitions are added',
  'configs are described and altered',
  'groups are listed described and deleted',
  'offsets are committed and listed',
  'offsets of a group are deleted',
  'records are deleted',
  'an unknown topic is an error',
  'a record that is too large is an error',
  'the cluster is described',
] as const

export type Habit = (typeof HABITS)[number]
