import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { brokerSettings } from '../../../src/config/broker-settings.ts'
import { clientMetricsSettings } from '../../../src/config/client-metrics-settings.ts'
import { groupSettings } from '../../../src/config/group-settings.ts'
import { missingFor } from '../../../src/config/planned-settings.ts'
import type { Settings } from '../../../src/config/setting.ts'
import { topicSettings } from '../../../src/config/topic-settings.ts'

const SOURCES = join(import.meta.dirname, '../../../src')
/** What there is of commands and of clients is about other programs, whose settings have the same names. */
const OTHERS = /^(cli|client)\//
/** What makes something of settings, and not a table of them, a rule on them or a profile. */
const READING_CONFIG = /^config\/(node-identity|listeners|load-config|settings-replication|sources\/.*|topic-settings|client-metrics-settings)\.ts$/

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !OTHERS.test(file))
const textOf = (chosen: readonly string[]) => chosen.map((file) => readFileSync(join(SOURCES, file), 'utf8')).join('\n')
/** A broker's value of a topic's setting is read as the topic's. */
const reading = textOf(files.filter((file) => !file.startsWith('config/') || READING_CONFIG.test(file)))
const broker = textOf(files.filter((file) => !file.startsWith('config/')))

const all: Settings = { ...brokerSettings, ...topicSettings, ...groupSettings, ...clientMetricsSettings }
const names = Object.keys(all).filter((name) => all[name]?.does !== null)

function isNamedIn(text: string, name: string): boolean {
  return text.includes(`'${name}'`)
}

test('what the documentation says that a setting does, some code does', () => {
  const inTables: readonly string[] = Object.keys(topicSettings).filter((name) => !isNamedIn(broker, name))
  const unread = names.filter((name) => !isNamedIn(reading, name) || inTables.includes(name))
  expect(unread.filter((name) => missingFor(name) === null)).toEqual([])
})

test('a setting of which the documentation says that it does nothing yet is read by nobody', () => {
  expect(names.filter((name) => missingFor(name) !== null && isNamedIn(broker, name))).toEqual([])
})

test('what is missing for a setting is said in the documentation', () => {
  const document = readFileSync(join(SOURCES, '../docs/configuration.md'), 'utf8')
  expect(document).toContain('Whether logs are compacted. *No effect yet: topics are not compacted.*')
  expect(document).toContain("turns on the node's one event loop; 0 for none. *No effect yet: topics are not compacted.*")
  expect([missingFor('num.partitions'), missingFor('share.coordinator.state.topic.num.partitions')]).toEqual([null, null])
})
