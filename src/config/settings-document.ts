/** Renders docs/configuration.md from the table. */
import { settingDomains } from './broker-settings.ts'
import { documentationOf, type Setting, type Settings } from './setting.ts'
import { topicSettings, topicSynonyms } from './topic-settings.ts'
import { formatValue } from './values/format-value.ts'
import type { SettingValue } from './values/setting-value.ts'

const INTRODUCTION = `# Configuration

Every setting that a node knows. This file is written by \`npm run docs\` from the table in \`src/config/\`; a test says when it is out of date.

Names, types, defaults and bounds are those of Apache Kafka 4.3.1. Values come from, the later ones winning: the profile,
\`--config FILE\` (Kafka's \`server.properties\`, or YAML, where \`_\` may stand for \`.\`), \`KAFKA_*\` variables as in the \`apache/kafka\` image,
and \`--set name=value\`. \`odradek config\` prints what is in force, and where each value was written.

- **Changes**: *at start* needs a restart; *one broker* and *all brokers* change while nodes run, by \`kafka-configs.sh\`.
- A setting of one listener is written \`listener.name.<listener>.<setting>\`, the listener's name in lower case.
- Of type \`long\`, 9223372036854775807 means that there is no limit.
- A class can only be one of Apache Kafka's own that Odradek does the work of.
- *No effect yet*: the setting is accepted and checked, and what it is for is not there yet.
- Settings marked *internal* are for tests; Apache Kafka does not document them either.
`

/** The whole document, ending in a newline. */
export function renderSettingsDocument(): string {
  const domains = settingDomains.map(({ title, about, settings }) => section(title, about, settings, describeUpdate))
  const topics = section(
    'Topics: settings of one topic',
    'Given when a topic is created, or altered later; a topic that has none takes the setting of the broker.',
    topicSettings,
    describeSynonyms,
  )
  return [INTRODUCTION, ...domains, topics].join('\n')
}

function section(title: string, about: string, settings: Settings, last: (name: string, setting: Setting<SettingValue>) => string): string {
  const head = settings === topicSettings ? 'Setting of the broker' : 'Changes'
  const rows = Object.entries(settings).map(([name, setting]) => row(name, setting, last(name, setting)))
  return `## ${title}\n\n${about}\n\n| Name | Type | Default | Allowed | ${head} | What it does |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`
}

function row(name: string, setting: Setting<SettingValue>, last: string): string {
  const internal = setting.internal ? '*Internal.* ' : ''
  const cells = [`\`${name}\``, setting.type, describeDefault(setting), describeAllowed(setting), last, internal + documentationOf(name, setting)]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function describeDefault(setting: Setting<SettingValue>): string {
  if (setting.default === undefined) return '*must be given*'
  const text = formatValue(setting.type, setting.default)
  return text === null || text === '' ? '' : `\`${text.replaceAll(',', ', ')}\``
}

function describeAllowed(setting: Setting<SettingValue>): string {
  const text = setting.validator?.text ?? ''
  return text === '' ? '' : `\`${text}\``
}

function describeUpdate(_name: string, { update }: Setting<SettingValue>): string {
  const words = { 'read-only': 'at start', 'per-broker': 'one broker', 'cluster-wide': 'all brokers' }
  return words[update]
}

function describeSynonyms(name: string): string {
  const synonyms = topicSynonyms[name as keyof typeof topicSettings] ?? []
  return synonyms.map((synonym) => `\`${synonym.name}\``).join(', ')
}
