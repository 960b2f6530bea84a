import { afterAll, beforeAll, expect, test } from 'vitest'
import { rows, startToolSuite, type ToolSuite } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

const features = async (args: string) => {
  const { exit, stdout, stderr } = await suite.run('kafka-features', args)
  return { exit, lines: [...rows(stdout), ...rows(stderr)] }
}

/** The lines without the epoch, which is an offset. */
async function described(args = 'describe'): Promise<readonly string[]> {
  const { lines } = await features(args)
  return lines.map((line) => line.replace(/ Epoch: \d+$/, ''))
}

const FAILED = 'The update failed for all features since the following feature had an error:'

test('kafka-features describes what is supported and what is finalized', async () => {
  const line = (feature: string, min: string, max: string, level: string) =>
    `Feature: ${feature} SupportedMinVersion: ${min} SupportedMaxVersion: ${max} FinalizedVersionLevel: ${level}`
  const expected = [
    line('eligible.leader.replicas.version', '0', '1', '1'),
    line('group.version', '0', '1', '1'),
    // The oracle's quorum is a static one.
    line('kraft.version', '0', '1', suite.broker.isKafka ? '0' : '1'),
    line('metadata.version', '3.3-IV3', '4.3-IV0', '4.3-IV0'),
    line('share.version', '0', '1', '1'),
    line('streams.version', '0', '1', '1'),
    line('transaction.version', '0', '2', '2'),
  ]
  expect(await described()).toEqual(expected)
})

test('kafka-features lowers and raises a level, and it is told at once', async () => {
  const level = async () => (await described()).find((line) => line.startsWith('Feature: group.version'))?.at(-1)
  expect(await features('downgrade --feature group.version=0')).toEqual({ exit: 0, lines: ['group.version was downgraded to 0.'] })
  if (!suite.broker.isKafka) expect(await level()).toBe('0')
  expect(await features('upgrade --feature group.version=1 --feature share.version=1')).toEqual({
    exit: 0,
    lines: ['group.version was upgraded to 1.', 'share.version was upgraded to 1.'],
  })
  if (!suite.broker.isKafka) expect(await level()).toBe('1')
  expect(await features('disable --feature streams.version')).toEqual({ exit: 0, lines: ['streams.version was disabled.'] })
  expect(await features('upgrade --feature streams.version=1')).toEqual({ exit: 0, lines: ['streams.version was upgraded to 1.'] })
})

test('kafka-features says what an upgrade would do, and does it', async () => {
  const levels = [
    ['eligible.leader.replicas.version', 1],
    ['group.version', 1],
    ['kraft.version', 1],
    ['metadata.version', 30],
    ['share.version', 1],
    ['streams.version', 1],
    ['transaction.version', 2],
  ]
  expect(await features('upgrade --release-version 4.3 --dry-run')).toEqual({
    exit: 0,
    lines: levels.map(([feature, level]) => `${feature} can be upgraded to ${level}.`),
  })
  expect(await features('upgrade --release-version 4.3')).toEqual({
    exit: 0,
    lines: levels.map(([feature, level]) => `${feature} was upgraded to ${level}.`),
  })
})

test('kafka-features does not lower what could lose metadata', async () => {
  const refusal = `${FAILED} Unsupported metadata.version downgrade from 30 to 25.`
  expect(await features('downgrade --feature metadata.version=25')).toEqual({
    exit: 1,
    lines: [
      `Could not downgrade metadata.version to 25. ${refusal} Refusing to perform the requested downgrade because it might delete metadata information.`,
      '1 out of 1 operation(s) failed.',
    ],
  })
  expect(await features('downgrade --unsafe --feature metadata.version=25')).toEqual({
    exit: 1,
    lines: [
      `Could not downgrade metadata.version to 25. ${refusal} Unsafe metadata downgrade is not supported in this version.`,
      '1 out of 1 operation(s) failed.',
    ],
  })
})

test('kafka-features says which level is not supported', async () => {
  const upgrade = (feature: string, level: number, why: string) => ({
    exit: 1,
    lines: [
      `Could not upgrade ${feature} to ${level}. ${FAILED} Invalid update version ${level} for feature ${feature}. ${why}`,
      '1 out of 1 operation(s) failed.',
    ],
  })
  expect(await features('upgrade --feature no.such=1')).toEqual(upgrade('no.such', 1, 'Local controller 1 does not support this feature.'))
  expect(await features('upgrade --feature transaction.version=9')).toEqual(upgrade('transaction.version', 9, 'Local controller 1 only supports versions 0-2'))
})

test('kafka-features knows which levels belong together', async () => {
  expect(await features('version-mapping --release-version 4.0')).toMatchObject({ exit: 0, lines: expect.arrayContaining(['metadata.version=25 (4.0)']) })
  expect(await features('feature-dependencies --feature eligible.leader.replicas.version=1')).toEqual({
    exit: 0,
    lines: ['eligible.leader.replicas.version=1 requires:', 'metadata.version=23 (4.0-IV1)'],
  })
})

test('kafka-features asks the controller', async () => {
  const { exit, stdout } = await suite.runOffline('kafka-features', `--bootstrap-controller ${suite.broker.controllerBootstrap} describe`)
  expect(exit).toBe(0)
  expect(rows(stdout)).toHaveLength(7)
})
