import { afterAll, beforeAll, expect, test } from 'vitest'
import { type JavaTools, startJavaTools } from './java-tools.ts'

const LATE = 'LateTool'

let tools: JavaTools
beforeAll(async () => {
  tools = await startJavaTools()
})
afterAll(() => tools?.[Symbol.asyncDispose]())

test('a thread that a tool left behind disturbs no other: it prints, reads, adds hooks and exits for nobody', async () => {
  expect(await tools.run(LATE, ['leave'], { stdin: 'of the first' })).toEqual({ exit: 3, stdout: 'left\n', stderr: '' })
  expect(await tools.run(LATE, ['meet'], { stdin: 'of the second' })).toEqual({ exit: 0, stdout: 'of the second', stderr: '' })
  const over = 'LateTool leave, which is over, in thread late'
  expect(tools.leftOver).toEqual([
    'LateTool leave left threads behind: late',
    `${over} printed: late words`,
    `${over} printed: late trouble`,
    `${over} added the shutdown hook late hook`,
    expect.stringMatching(`${over} printed: stole \\d+`),
    `${over} asked for an exit with 7`,
  ])
})

test('what cannot be run says so as Java does', async () => {
  const { exit, stderr } = await tools.run('no.such.Tool', [])
  expect([exit, stderr]).toEqual([1, 'Error: Could not find or load main class no.such.Tool\n'])
})
