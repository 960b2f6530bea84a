import { describe, expect, test } from 'vitest'
import { TopicArgumentError, topicChoice } from '../../../../../src/cli/operations/topics/topic-arguments.ts'

describe('arguments that name topics', () => {
  test('are topics whole, or partitions of them', () => {
    expect(topicChoice(['a', 'b:0,2', 'a'])).toEqual({
      topics: ['a'],
      partitions: [
        { topic: 'b', partition: 0 },
        { topic: 'b', partition: 2 },
      ],
    })
  })

  test.each([
    ['a:b:c', "Invalid topic arg 'a:b:c', expected topic name and partitions"],
    ['a:', "Invalid topic arg 'a:', expected topic name and partitions"],
    ['a:x', "Invalid partition 'x' specified in topic arg 'a:x''"],
  ])('%s is none', (argument, message) => {
    expect(() => topicChoice([argument])).toThrow(new TopicArgumentError(argument, message))
  })
})
