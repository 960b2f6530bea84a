import { ApiVersionsApi, type ApiVersionsResponse } from '../../../protocol/messages/api-versions.ts'
import { DescribeConfigsApi } from '../../../protocol/messages/describe-configs.ts'
import { UpdateFeaturesApi } from '../../../protocol/messages/update-features.ts'
import type { RawClient } from '../raw-client.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'

const [UPGRADE, SAFE_DOWNGRADE, UNSAFE_DOWNGRADE] = [1, 2, 3] as const

type Update = readonly [feature: string, level: number, upgradeType?: number]

interface Asked {
  readonly validateOnly?: boolean
  readonly timeoutMs?: number
}

/** Version 0 knows neither upgrade types nor validation: a scenario that needs them begins at 1. */
async function update(client: RawClient, version: number, updates: readonly Update[], asked: Asked = {}): Promise<unknown> {
  const { validateOnly = false, timeoutMs = 10_000 } = asked
  const featureUpdates = updates.map(([feature, maxVersionLevel, upgradeType = UPGRADE]) => ({
    feature,
    maxVersionLevel,
    ...(version >= 1 ? { upgradeType } : { allowDowngrade: upgradeType !== UPGRADE }),
  }))
  return client.exchange(UpdateFeaturesApi, version, { timeoutMs, featureUpdates, ...(version >= 1 ? { validateOnly } : {}) })
}

/** The levels in force, as clients are told them; the epoch only by whether it rises. */
async function finalized({ client }: Stage): Promise<{ readonly levels: unknown; readonly epoch: number }> {
  const answer = (await client.ask(ApiVersionsApi, 4, { clientSoftwareName: 'suite', clientSoftwareVersion: '1.0' })) as ApiVersionsResponse
  const levels = answer.finalizedFeatures.map(({ name, maxVersionLevel }) => `${name}=${maxVersionLevel}`).sort()
  return { levels, epoch: answer.finalizedFeaturesEpoch }
}

/** Apache Kafka tells of an update when its broker has followed: asked again until the levels are other ones, or a while has passed. */
async function finalizedAfter(stage: Stage, change: () => Promise<unknown>): Promise<unknown> {
  const before = await finalized(stage)
  const answer = await change()
  const deadlineMs = Date.now() + 2_000
  let after = await finalized(stage)
  while (String(after.levels) === String(before.levels) && Date.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    after = await finalized(stage)
  }
  return { answer, before: before.levels, after: after.levels, epochRose: after.epoch > before.epoch }
}

function refusals(title: string, from: number, asked: readonly (readonly Update[])[]): Scenario {
  return {
    name: `UpdateFeatures: ${title}`,
    versions: versions(from, 2),
    run: async (stage, version) => {
      const before = await finalized(stage)
      const answers: unknown[] = []
      for (const updates of asked) answers.push(await update(stage.client, version, updates))
      return { answers, unchanged: String((await finalized(stage)).levels) === String(before.levels) }
    },
  }
}

/** Each ends with the levels with which it began. */
export const featureScenarios: readonly Scenario[] = [
  refusals('unknown features', 0, [[['no.such.feature', 1]], [['no.such.feature', 0]], [['', 1]], [['x'.repeat(300), 1]]]),
  refusals('levels that are none', 0, [
    [['group.version', -1]],
    [['group.version', 2]],
    [['transaction.version', 32_767]],
    [['metadata.version', 31]],
    [['metadata.version', 6]],
    [['metadata.version', 0]],
    [['kraft.version', 2]],
    [['eligible.leader.replicas.version', -32_768]],
  ]),
  refusals('a lower level without saying that it is one', 0, [[['group.version', 0]], [['metadata.version', 29]], [['transaction.version', 1]]]),
  refusals('a higher level, said to be a lower one', 1, [
    [['transaction.version', 3, SAFE_DOWNGRADE]],
    [['kraft.version', 1, SAFE_DOWNGRADE]],
    [['kraft.version', 1, UNSAFE_DOWNGRADE]],
  ]),
  refusals('lower levels of metadata.version, which could lose something', 1, [
    [['metadata.version', 29, SAFE_DOWNGRADE]],
    [['metadata.version', 29, UNSAFE_DOWNGRADE]],
    [['metadata.version', 7, UNSAFE_DOWNGRADE]],
  ]),
  refusals('upgrade types that are none', 1, [[['group.version', 1, 0]], [['group.version', 0, 4]], [['group.version', 0, -1]], [['no.such', 0, 9]]]),
  refusals('nothing at all', 0, [[]]),
  refusals('one that is refused, with one that is not', 1, [
    [
      ['group.version', 0, SAFE_DOWNGRADE],
      ['no.such.feature', 1],
    ],
  ]),
  refusals('what is in force already', 0, [[['group.version', 1]], [['metadata.version', 30]], [['kraft.version', 0]]]),
  {
    name: 'UpdateFeatures: no time at all is time enough',
    versions: versions(0, 2),
    run: async ({ client }, version) => [
      await update(client, version, [['group.version', 1]], { timeoutMs: 0 }),
      await update(client, version, [['group.version', 1]], { timeoutMs: -1 }),
    ],
  },
  {
    name: 'UpdateFeatures: a level that is only validated',
    versions: [1, 2],
    run: async (stage, version) => {
      const before = await finalized(stage)
      const asked: readonly Update[] = [
        ['group.version', 0, SAFE_DOWNGRADE],
        ['kraft.version', 1],
      ]
      const answers = [
        await update(stage.client, version, asked, { validateOnly: true }),
        await update(stage.client, version, [['group.version', 0]], { validateOnly: true }),
      ]
      return { answers, unchanged: String((await finalized(stage)).levels) === String(before.levels) }
    },
  },
  ...['group.version', 'share.version', 'streams.version', 'eligible.leader.replicas.version'].map(
    (feature): Scenario => ({
      name: `UpdateFeatures: ${feature} down and up again`,
      versions: [1, 2],
      run: async (stage, version) => [
        await finalizedAfter(stage, () => update(stage.client, version, [[feature, 0, SAFE_DOWNGRADE]])),
        await finalizedAfter(stage, () => update(stage.client, version, [[feature, 1]])),
      ],
    }),
  ),
  {
    name: 'UpdateFeatures: transaction.version, by the levels between',
    versions: [1, 2],
    run: async (stage, version) => [
      await finalizedAfter(stage, () => update(stage.client, version, [['transaction.version', 1, UNSAFE_DOWNGRADE]])),
      await finalizedAfter(stage, () => update(stage.client, version, [['transaction.version', 0, SAFE_DOWNGRADE]])),
      await finalizedAfter(stage, () => update(stage.client, version, [['transaction.version', 2]])),
    ],
  },
  {
    name: 'UpdateFeatures: several, on the listener of the controller; a feature that stands twice',
    versions: [1, 2],
    run: async (stage, version) => {
      const controller = await stage.openController()
      const down: readonly Update[] = [
        ['group.version', 0, SAFE_DOWNGRADE],
        ['share.version', 0, SAFE_DOWNGRADE],
        ['share.version', 1, UPGRADE],
        ['streams.version', 0, SAFE_DOWNGRADE],
      ]
      const up: readonly Update[] = [
        ['group.version', 1],
        ['streams.version', 1],
      ]
      return [await finalizedAfter(stage, () => update(controller, version, down)), await finalizedAfter(stage, () => update(controller, version, up))]
    },
  },
  {
    name: 'UpdateFeatures: eligible leader replicas write down min.insync.replicas',
    versions: [2],
    run: async (stage, version) => {
      const described = () =>
        stage.client.exchange(DescribeConfigsApi, 4, {
          resources: [{ resourceType: 4, resourceName: '', configurationKeys: ['min.insync.replicas'] }],
          includeSynonyms: false,
          includeDocumentation: false,
        })
      const down = await finalizedAfter(stage, () => update(stage.client, version, [['eligible.leader.replicas.version', 0, SAFE_DOWNGRADE]]))
      const up = await finalizedAfter(stage, () => update(stage.client, version, [['eligible.leader.replicas.version', 1]]))
      return [down, up, await described()]
    },
  },
  // The last one: there is no way back.
  {
    name: 'UpdateFeatures: a static quorum becomes a dynamic one',
    versions: [2],
    run: async (stage, version) => [
      await finalizedAfter(stage, () => update(stage.client, version, [['kraft.version', 1]])),
      await update(stage.client, version, [['kraft.version', 1]]),
      await update(stage.client, version, [['kraft.version', 0]]),
      await update(stage.client, version, [['kraft.version', 0, SAFE_DOWNGRADE]]),
      await update(stage.client, version, [['kraft.version', 0, UNSAFE_DOWNGRADE]]),
    ],
  },
]
