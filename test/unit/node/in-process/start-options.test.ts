import { describe, expect, it } from 'vitest'
import { checkStartOptions } from '../../../../src/node/in-process/start-options.ts'

const logger = { child: () => logger }

describe('options of startNode', () => {
  it.each([
    {},
    { config: { 'num.partitions': 3, 'auto.create.topics.enable': false, 'log.dirs': '/a,/b' } },
    { topics: ['orders:3', { name: 'events', partitions: 2, replicationFactor: 1, configs: { 'retention.ms': 1000 } }] },
    { dataDirectory: '/data', storage: 'disk', logger, logLevel: 'debug', clock: 'manual' },
    { config: undefined, topics: undefined, dataDirectory: undefined, storage: undefined, logger: undefined, logLevel: undefined, clock: undefined },
  ])('takes what the types allow: %j', (options) => {
    expect(() => checkStartOptions(options)).not.toThrow()
  })

  it.each([
    [{ topic: ['orders'] }, 'there is no topic; there are config, topics, dataDirectory, storage, logger, logLevel, clock. Did you mean topics?'],
    [{ topics: [{ name: 'orders', config: {} }] }, 'there is no config; there are name, partitions, replicationFactor, configs. Did you mean configs?'],
    [null, 'The argument of startNode is an object with config, topics, dataDirectory, storage, logger, logLevel, clock, not null.'],
    [3, 'not 3.'],
    [['orders'], 'not ["orders"].'],
    [{ topics: 'orders' }, 'topics is a list, such as [\'orders:3\'], not "orders".'],
    [{ topics: [1] }, 'not 1.'],
    [{ topics: [{}] }, 'A topic needs a name: {} has none.'],
    [{ topics: [{ name: 'orders', configs: ['a'] }] }, 'configs of topic orders is an object'],
    [{ config: { 'num.partitions': null } }, 'num.partitions in config is a text, a number or a boolean, not null.'],
    [{ config: 3 }, 'config is an object'],
    [{ config: [] }, 'config is an object'],
    [{ dataDirectory: 3 }, 'dataDirectory is a path, not 3.'],
    [{ dataDirectory: '/a,/b' }, 'dataDirectory is one path, without commas, not /a,/b; for several set log.dirs in config.'],
    [{ storage: 'ram' }, 'storage is one of disk, memory, not "ram".'],
    [{ logLevel: 'loud' }, 'logLevel is one of off, error, warn, info, debug, trace, not "loud".'],
    [{ clock: 0 }, 'clock is one of real, manual, not 0.'],
    [{ logger: 3 }, 'logger is an object with the methods of a Logger, child among them.'],
  ])('refuses %j with a sentence', (options, sentence) => {
    expect(() => checkStartOptions(options)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(sentence) }))
  })
})
