import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { brokerSettings } from '../../../src/config/broker-settings.ts'
import { groupSettings } from '../../../src/config/group-settings.ts'
import type { Setting, Settings } from '../../../src/config/setting.ts'
import { topicSettings } from '../../../src/config/topic-settings.ts'
import { formatValue } from '../../../src/config/values/format-value.ts'
import type { SettingValue } from '../../../src/config/values/setting-value.ts'
import type { Scenario, Stage } from '../scenario.ts'
import { isOurs } from './configs.ts'
import { createTopic } from './topics.ts'

const [TOPIC, BROKER, GROUP] = [2, 4, 32] as const
const [SET, APPEND, SUBTRACT] = [0, 2, 3] as const

/** These differ in how the brokers are started, or are answered with texts of Java's exceptions. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'listeners',
  'listener.security.protocol.map',
  'max.connections.per.ip.overrides',
  'log.cleaner.threads',
  'process.roles',
  'controller.listener.names',
])

type Resource = (stage: Stage) => Promise<readonly [type: number, name: string]>

/** Something of every type, and what is in force by default. */
function valuesFor({ type, default: standard }: Setting<SettingValue>): readonly string[] {
  const text = type === 'password' ? null : formatValue(type, standard ?? null)
  return ['', '0', '-1', '7', '99999999999', 'x', 'true', '0.5', 'a,b', ...(text === null ? [] : [text])]
}

function everySetting(title: string, resource: Resource, settings: Settings): Scenario {
  return {
    name: `IncrementalAlterConfigs: whether ${title} can be set to values of every kind`,
    versions: [1],
    run: async (stage) => {
      const [resourceType, resourceName] = await resource(stage)
      const outcomes: unknown[] = []
      for (const [name, setting] of Object.entries(settings)) {
        const changes = [...valuesFor(setting).map((value) => [SET, value] as const), [APPEND, 'a,b'] as const, [SUBTRACT, 'a,b'] as const]
        for (const [configOperation, value] of changes) {
          const resources = [{ resourceType, resourceName, configs: [{ name, configOperation, value }] }]
          const { responses } = await stage.client.ask(IncrementalAlterConfigsApi, 1, { resources, validateOnly: true })
          outcomes.push([name, configOperation, value, responses[0]?.errorCode, responses[0]?.errorMessage])
        }
      }
      return outcomes
    },
  }
}

const kafkas = Object.fromEntries(Object.entries<Setting<SettingValue>>(brokerSettings).filter(([name]) => !isOurs(name) && !LEFT_OUT.has(name)))
const changeable = Object.fromEntries(Object.entries(kafkas).filter(([, { update }]) => update !== 'read-only'))
const ofListener = Object.fromEntries(Object.entries(changeable).map(([name, setting]) => [`listener.name.plaintext.${name}`, setting]))

export const everySettingScenarios: readonly Scenario[] = [
  everySetting('a setting of a broker', async () => [BROKER, '1'], kafkas),
  everySetting('a setting of all brokers', async () => [BROKER, ''], changeable),
  everySetting('a setting of one listener', async () => [BROKER, '1'], ofListener),
  everySetting('a setting of a group', async (stage) => [GROUP, stage.name('g')], groupSettings),
  everySetting(
    'a setting of a topic',
    async (stage) => {
      await createTopic(stage, stage.name('t'))
      return [TOPIC, stage.name('t')]
    },
    topicSettings,
  ),
]
