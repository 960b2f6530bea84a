import { expect, test } from 'vitest'
import { MergedLog } from '../../../../src/cli/supervisor/merged-log.ts'

function merged(isReadable: boolean): { readonly log: MergedLog; readonly text: () => string } {
  let text = ''
  const write = (piece: string) => {
    text += piece
  }
  const log = new MergedLog({ isReadable, colours: false, write, now: () => '2026-01-02T03:04:05.678Z', isLogged: (level) => level !== 'info' })
  return { log, text: () => text }
}

const LINE = '{"level":"info","time":"2026-01-02T03:04:05.678Z","component":"node","port":9093,"msg":"ready"}'

test('at a terminal every line begins with its node', () => {
  const { log, text } = merged(true)
  log.ofNode(2, LINE)
  log.ofNode(2, 'Error: broken')
  log.warn('a node ended', { node: 2 })
  expect(text()).toBe(
    [
      'node-2  | 03:04:05.678 info  node         ready port=9093',
      'node-2  | 03:04:05.678 error node         Error: broken',
      'cluster | 03:04:05.678 warn  cluster      a node ended node=2',
      '',
    ].join('\n'),
  )
})

test('the stack of an error stands behind its node, too', () => {
  const { log, text } = merged(true)
  log.ofNode(1, '{"level":"error","time":"2026-01-02T03:04:05.678Z","component":"node","error":{"stack":"Error: x\\n    at y"},"msg":"no"}')
  expect(
    text()
      .split('\n')
      .slice(0, -1)
      .every((line) => line.startsWith('node-1  | ')),
  ).toBe(true)
  expect(text()).toContain('node-1  |     Error: x\nnode-1  |         at y')
})

test('elsewhere every line is an object of JSON that names its node', () => {
  const { log, text } = merged(false)
  log.ofNode(2, LINE)
  log.ofNode(3, 'Error: "broken"')
  log.ofNode(3, '')
  const lines = text().trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { ...JSON.parse(LINE), node: 2 },
    { node: 3, level: 'error', time: '2026-01-02T03:04:05.678Z', component: 'node', msg: 'Error: "broken"' },
  ])
})

test('lines of its own are logged from the level that was asked for', () => {
  const { log, text } = merged(false)
  log.info('the cluster is ready')
  expect(text()).toBe('')
  log.error('a node does not stop and is killed')
  expect(JSON.parse(text())).toMatchObject({ component: 'cluster', level: 'error' })
})
