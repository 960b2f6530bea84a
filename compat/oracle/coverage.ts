import { apis } from '../../protocol/apis.ts'
import { ApiVersionsApi } from '../../protocol/messages/api-versions.ts'
import { type Area, areas } from './areas.ts'
import { startUnderTest } from './pair.ts'
import { type Listening, perform } from './perform.ts'
import { type Observe, type Outcome, RawClient } from './raw-client.ts'
import { type Scenario, versions } from './scenario.ts'

type Listener = 'broker' | 'controller'

/** An API in one version on one listener, as `Fetch 12 on the broker`. */
export type Asked = string

export interface Coverage {
  /** What the node says that it serves. */
  readonly advertised: readonly Asked[]
  /** What was served without an error in a scenario of that API. */
  readonly right: ReadonlySet<Asked>
  /** What was refused there, as a whole or in a part of the answer. */
  readonly wrong: ReadonlySet<Asked>
}

export function asked(api: string, version: number, listener: Listener): Asked {
  return `${api} ${version} on the ${listener}`
}

/**
 * Runs all scenarios against the broker under test alone, and notes what they ask. Only what a scenario is there for counts: requests of the
 * API whose name begins the scenario's own, in the version in which it runs. What others send to prepare something is not compared.
 */
export async function observeAll(): Promise<Coverage> {
  const right = new Set<Asked>()
  const wrong = new Set<Asked>()
  let advertised: readonly Asked[] = []
  for (const area of Object.values<Area>(areas)) {
    await using broker = await startUnderTest(area)
    if (advertised.length === 0) advertised = [...(await servedOn('broker', broker)), ...(await servedOn('controller', broker))]
    for (const [index, scenario] of area.scenarios.entries()) {
      for (const version of scenario.versions) {
        const note =
          (listener: Listener): Observe =>
          (exchanged) => {
            if (!isAbout(scenario, exchanged.api) || exchanged.version !== version) return
            const seen = isRefused(exchanged.outcome) ? wrong : right
            seen.add(asked(exchanged.api, version, listener))
          }
        await perform(scenario, broker, { version, prefix: `s${index}v${version}`, observe: note })
      }
    }
  }
  return { advertised, right, wrong }
}

async function servedOn(listener: Listener, { bootstrap, controllerPort }: Listening): Promise<readonly Asked[]> {
  await using client = await RawClient.open(listener === 'broker' ? bootstrap : `127.0.0.1:${controllerPort}`)
  const { apiKeys } = await client.ask(ApiVersionsApi, 4, { clientSoftwareName: 'suite', clientSoftwareVersion: '1.0' })
  return apiKeys.flatMap(({ apiKey, minVersion, maxVersion }) => {
    const name = apis.find(({ key }) => key === apiKey)?.name ?? `key ${apiKey}`
    return versions(minVersion, maxVersion).map((version) => asked(name, version, listener))
  })
}

function isAbout({ name }: Scenario, api: string): boolean {
  return name.match(/^\w+/)?.[0] === api
}

/** An error code anywhere in the answer, or no answer. */
function isRefused(outcome: Outcome): boolean {
  return outcome.kind !== 'answer' || errorCodes(outcome.value).some((code) => code !== 0)
}

function errorCodes(node: unknown): readonly unknown[] {
  if (Array.isArray(node)) return node.flatMap(errorCodes)
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return []
  return Object.entries(node).flatMap(([name, field]) => (name === 'errorCode' ? [field] : errorCodes(field)))
}
