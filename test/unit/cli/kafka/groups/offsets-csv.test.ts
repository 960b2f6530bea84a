import { describe, expect, test } from 'vitest'
import { csvLine, csvPlan } from '../../../../../src/cli/kafka/groups/offsets-csv.ts'

describe('plans of offsets as CSV', () => {
  test('what is written is read back, with groups and without', () => {
    const offsets = [
      { topic: 'orders', partition: 0, offset: 5 },
      { topic: 'odd "name", indeed', partition: 12, offset: 0 },
    ]
    expect(csvPlan(offsets.map((one) => csvLine(null, one)).join(''), 'g').get('g')).toEqual(offsets)
    expect(csvPlan(offsets.map((one) => csvLine('the group', one)).join(''), null).get('the group')).toEqual(offsets)
  })

  test.each(['orders,0', 'orders,zero,1', 'a,b,c,0,1', 'orders,0,-1'])('the line %s is refused by its number', (line) => {
    expect(() => csvPlan(`orders,0,1\n${line}\n`, 'g')).toThrow(`Line 2 is not [GROUP,]TOPIC,PARTITION,OFFSET: ${line}`)
  })

  test('a line without a group is refused where several groups are meant', () => {
    expect(() => csvPlan('orders,0,1\n', null)).toThrow('Line 1')
  })
})
