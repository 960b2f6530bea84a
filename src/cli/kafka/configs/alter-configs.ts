import { readFileSync } from 'node:fs'
import { parseProperties } from '../../../config/sources/properties-file.ts'
import type { Output } from '../../command.ts'
import type { ClusterClient } from '../../operations/cluster/cluster-client.ts'
import { alterConfig } from '../../operations/configs.ts'
import type { Options } from '../options/parse-options.ts'
import { UserError } from '../user-error.ts'
import type { Entities } from './config-options.ts'
import { ownConfigs } from './describe-configs.ts'
import { ENTITY_KINDS, type EntityKind, singular } from './entity-kinds.ts'

/** Not within brackets. */
const OUTSIDE = '(?=[^\\]]*(?:\\[|$))'

export async function alterConfigs(client: ClusterClient, { types, names }: Entities, options: Options, output: Output): Promise<void> {
  const [type = '', name = ''] = [types[0], names[0]]
  const kind = ENTITY_KINDS[type] as EntityKind
  const added = configsToAdd(options)
  const deleted = options.values('delete-config').map((key) => key.trim())
  if (kind.kind === 'broker-logger') await checkLoggers(client, kind, name, [...deleted, ...added.keys()])
  const edits = [...deleted.map((key) => ({ name: key, value: null })), ...[...added].map(([key, value]) => ({ name: key, value }))]
  await alterConfig(client, { kind: kind.kind, name }, edits)
  output.out(name === '' ? `Completed updating default config for ${type} in the cluster.\n` : `Completed updating config for ${singular(type)} ${name}.\n`)
}

/** Errors: `UserError` for loggers that the broker does not have. */
async function checkLoggers(client: ClusterClient, kind: EntityKind, broker: string, names: readonly string[]): Promise<void> {
  const present = (await ownConfigs(client, kind, broker, { isAll: false, includeSynonyms: true })).map(({ name }) => name)
  const absent = names.filter((name) => !present.includes(name))
  if (absent.length > 0) throw new UserError(`Invalid broker logger(s): ${absent.join(',')}`)
}

/** Errors: `UserError`. */
export function configsToAdd(options: Options): ReadonlyMap<string, string> {
  const configs = new Map<string, string>()
  const file = options.value('add-config-file')
  if (file !== null) for (const { name, text } of parseProperties(contentOf(file), file)) configs.set(name, text)
  const text = options.value('add-config')
  if (text !== null) for (const [name, value] of pairs(text)) configs.set(name, value)
  const invalid = [...configs.keys()].find((name) => !/^[$a-zA-Z0-9._-]*$/.test(name))
  if (invalid !== undefined) throw new UserError(`Invalid character found for config key: ${invalid}`)
  return configs
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch (cause) {
    throw new UserError(`${path} (${(cause as Error).message})`)
  }
}

function pairs(text: string): readonly (readonly [string, string])[] {
  return text.split(new RegExp(`,${OUTSIDE}`)).map((pair) => {
    const [name, value, ...more] = pair.split(new RegExp(`\\s*=\\s*${OUTSIDE}`))
    if (name === undefined || value === undefined || more.length > 0) {
      throw new UserError(
        'requirement failed: Invalid entity config: all configs to be added must be in the format "key=val" or  "key=[val1,val2]" to group values which contain commas.',
      )
    }
    return [name.trim(), value.replaceAll(/\[?\]?/g, '').trim()]
  })
}
