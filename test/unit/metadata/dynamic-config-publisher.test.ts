import { describe, expect, it } from 'vitest'
import { dynamicConfigPublisher } from '../../../src/metadata/dynamic-config-publisher.ts'
import { config, replay } from './records.ts'

describe('broker settings in the metadata log', () => {
  it('come into force: those for all brokers, and those for this one', () => {
    const set: Record<string, Record<string, string>> = {}
    const ignored: string[] = []
    const target = {
      setDynamic(layer: string, values: ReadonlyMap<string, string>) {
        set[layer] = Object.fromEntries(values)
        return values.has('odd') ? ['odd'] : []
      },
    }
    const publisher = dynamicConfigPublisher(1, target, (names) => ignored.push(...names))
    const first = replay([config(4, '', 'min.insync.replicas', '1'), config(4, '1', 'odd', 'x'), config(4, '2', 'other', 'y')])
    publisher.onUpdate(first.delta, first.image)
    expect(set).toEqual({ 'default-broker': { 'min.insync.replicas': '1' }, broker: { odd: 'x' } })
    expect(ignored).toEqual(['odd'])
  })

  it('that did not change are left alone', () => {
    const first = replay([config(4, '', 'a', '1')]).image
    const { delta, image } = replay([config(2, 'topic', 'a', '1')], first)
    let calls = 0
    const target = {
      setDynamic: () => {
        calls++
        return []
      },
    }
    dynamicConfigPublisher(1, target, () => undefined).onUpdate(delta, image)
    expect(calls).toBe(0)
  })
})
