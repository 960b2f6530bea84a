import { describe, expect, it } from 'vitest'
import { parseInitialControllers } from '../../../../src/cli/format/initial-controllers.ts'

const DIRECTORY = 'K90IZ-0DRNazJ49kCZ1EMQ'

describe('--initial-controllers', () => {
  it('names voters with their directories, in the order of their ids', () => {
    const voters = parseInitialControllers(` 2@[::1]:9094:${DIRECTORY},1@a:9093:aUARLskQTCW4qCZDtS_cwA `, 'CONTROLLER')
    expect(voters).toEqual([
      { id: 1, directoryId: 'aUARLskQTCW4qCZDtS_cwA', endpoints: [{ name: 'CONTROLLER', host: 'a', port: 9093 }], minKraftVersion: 0, maxKraftVersion: 1 },
      { id: 2, directoryId: DIRECTORY, endpoints: [{ name: 'CONTROLLER', host: '::1', port: 9094 }], minKraftVersion: 0, maxKraftVersion: 1 },
    ])
  })

  it.each([
    ['', 'No voters given.'],
    [`@a:1:${DIRECTORY}`, 'Invalid @ at beginning of dynamic voter string.'],
    [`4294967296@a:1:${DIRECTORY}`, 'Failed to parse node id in dynamic voter string.'],
    [`1@a:65536:${DIRECTORY}`, 'Failed to parse port in dynamic voter string.'],
    [`1@a:1:${DIRECTORY},1@b:1:${DIRECTORY}`, '--initial-controllers names node 1 twice'],
  ])('%s is refused: %s', (text, why) => {
    expect(() => parseInitialControllers(text, 'CONTROLLER')).toThrow(why)
  })
})
