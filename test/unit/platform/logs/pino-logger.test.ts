import { describe, expect, it } from 'vitest'
import { type LogOptions, startLog } from '../../../../src/platform/logs/pino-logger.ts'

function capture(options: LogOptions = {}) {
  const lines: string[] = []
  const log = startLog({ format: 'json', ...options, output: { write: (text) => lines.push(text) } })
  return { ...log, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) }
}

describe('the log', () => {
  it('is one JSON object a line: level, time, component, message and fields', () => {
    const { logger, entries } = capture()
    logger.child('storage', { directory: '/data' }).info('opened the log', { segments: 3 })
    expect(entries()).toEqual([
      { level: 'info', time: expect.stringMatching(/^20.+Z$/), component: 'storage', directory: '/data', segments: 3, msg: 'opened the log' },
    ])
  })

  it('shows an error with its stack, code and cause', () => {
    const { logger, entries } = capture()
    const cause = new Error('the device')
    logger.error('the directory goes offline', { error: Object.assign(new Error('cannot write', { cause }), { code: 'DISK_IO' }) })
    expect(entries()[0]?.error).toMatchObject({
      message: expect.stringContaining('cannot write'),
      code: 'DISK_IO',
      stack: expect.stringContaining('the device'),
    })
  })

  it('a child of a child has the fields of both and the name of the last', () => {
    const { logger, entries } = capture()
    logger.child('group', { shard: 1 }).child('timers', { timer: 'x' }).warn('late')
    expect(entries()).toMatchObject([{ component: 'timers', shard: 1, timer: 'x' }])
  })
})

describe('levels', () => {
  it('are the default unless a component has its own, and reach loggers made before', () => {
    const { logger, levels, entries } = capture()
    const [storage, raft] = [logger.child('storage'), logger.child('raft')]
    levels.set('storage', 'debug')
    levels.setDefault('warn')
    for (const each of [storage, raft]) {
      each.debug('d')
      each.info('i')
      each.warn('w')
    }
    expect(entries().map(({ component, msg }) => `${component} ${msg}`)).toEqual(['storage d', 'storage i', 'storage w', 'raft w'])
    levels.set('storage', null)
    storage.info('quiet again')
    expect(entries()).toHaveLength(4)
    expect([levels.get('storage'), levels.get('raft'), levels.get('unknown')]).toEqual(['warn', 'warn', 'warn'])
    expect(levels.components()).toEqual(['node', 'storage', 'raft'])
  })

  it('off writes nothing', () => {
    const { logger, lines } = capture({ level: 'off' })
    logger.error('unheard')
    expect(lines).toEqual([])
  })
})

describe('for people', () => {
  it('a line begins with the time of day, level, component and message, and errors follow', () => {
    const { logger, lines } = capture({ format: 'readable' })
    logger.child('storage').info('opened the log', { directory: '/my data', count: 3, name: 'x' })
    expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}storage {6}opened the log directory="\/my data" count=3 name=x\n$/)
    logger.error('it failed', { error: new Error('why') })
    expect(lines[1]).toMatch(/it failed\n {4}Error: why\n {8}at /)
  })
})
