import { forbidBeside } from '../options/checks.ts'
import { UsageExit } from '../options/option-error.ts'
import { bootstrapOption, commandConfigOption, type OptionTable } from '../options/option-table.ts'
import type { Options } from '../options/parse-options.ts'
import { UserError } from '../user-error.ts'

export const configOptions: OptionTable = {
  ...bootstrapOption,
  'bootstrap-controller': { value: 'HOST:PORT,…', does: 'Controllers of the cluster, in place of brokers.' },
  ...commandConfigOption,
  alter: { does: 'Change settings.' },
  describe: { does: 'Print settings.' },
  all: { does: 'Print all settings that are in force, not only those that were changed.' },
  'entity-type': { value: 'TYPE', does: 'What has the settings: topics, brokers, broker-loggers, client-metrics, groups, clients, users or ips.' },
  'entity-name': { value: 'NAME', does: 'Which of them.' },
  'entity-default': { does: 'What counts for all of them that have nothing of their own.' },
  'add-config': { value: 'K1=V1,K2=[V1,V2]', does: 'Settings to set; brackets around a value that has commas.' },
  'add-config-file': { value: 'FILE', does: 'Properties to set.' },
  'delete-config': { value: 'K1,K2', separator: ',', does: 'Settings to take away.' },
  topic: { value: 'NAME', does: 'As --entity-type topics --entity-name NAME.' },
  client: { value: 'ID', does: 'As --entity-type clients --entity-name ID.' },
  'client-defaults': { does: 'As --entity-type clients --entity-default.' },
  user: { value: 'NAME', does: 'As --entity-type users --entity-name NAME.' },
  'user-defaults': { does: 'As --entity-type users --entity-default.' },
  broker: { value: 'ID', does: 'As --entity-type brokers --entity-name ID.' },
  'broker-defaults': { does: 'As --entity-type brokers --entity-default.' },
  'broker-logger': { value: 'ID', does: 'As --entity-type broker-loggers --entity-name ID.' },
  ip: { value: 'IP', does: 'As --entity-type ips --entity-name IP.' },
  'ip-defaults': { does: 'As --entity-type ips --entity-default.' },
  group: { value: 'ID', does: 'As --entity-type groups --entity-name ID.' },
  'client-metrics': { value: 'NAME', does: 'As --entity-type client-metrics --entity-name NAME.' },
}

const TYPES = ['topics', 'clients', 'users', 'brokers', 'ips', 'client-metrics', 'groups', 'broker-loggers']
/** Flags that name a type and a name at once. */
const NAMED: readonly (readonly [string, string])[] = [
  ['topic', 'topics'],
  ['client', 'clients'],
  ['user', 'users'],
  ['broker', 'brokers'],
  ['broker-logger', 'broker-loggers'],
  ['ip', 'ips'],
  ['client-metrics', 'client-metrics'],
  ['group', 'groups'],
]
const DEFAULTS: readonly (readonly [string, string])[] = [
  ['client-defaults', 'clients'],
  ['user-defaults', 'users'],
  ['broker-defaults', 'brokers'],
  ['ip-defaults', 'ips'],
]
/** Types of which one may stand for all. */
const WITH_DEFAULTS = ['users', 'clients', 'brokers', 'ips']
const BOTH = '--bootstrap-server or --bootstrap-controller'

/** What a command line of kafka-configs is about. */
export interface Entities {
  /** One, or `users` and `clients`. */
  readonly types: readonly string[]
  /** Empty for the default; fewer than types where all are meant. */
  readonly names: readonly string[]
}

/** Errors: `UsageExit` and `UserError` for options that do not go together. */
export function checkedEntities(options: Options): Entities {
  if (options.has('alter') === options.has('describe')) throw new UsageExit('Command must include exactly one action: --describe, --alter')
  forbidBeside(options, 'describe', ['alter', 'add-config', 'delete-config'])
  const entities = { types: typesOf(options), names: namesOf(options) }
  checkTypes(options, entities)
  checkNames(options, entities)
  if (options.has('describe')) checkDescribe(options, entities)
  else checkAlter(options, entities)
  return entities
}

function typesOf(options: Options): readonly string[] {
  const named = [...NAMED, ...DEFAULTS].filter(([flag]) => options.has(flag)).map(([, type]) => type)
  return [...options.values('entity-type'), ...named]
}

function namesOf(options: Options): readonly string[] {
  const inOrder = options.given.filter(({ name }) => name === 'entity-name' || name === 'entity-default').map(({ value }) => value ?? '')
  const named = NAMED.filter(([flag]) => options.has(flag)).map(([flag]) => options.value(flag) ?? '')
  return [...inOrder, ...named, ...DEFAULTS.filter(([flag]) => options.has(flag)).map(() => '')]
}

function checkTypes(options: Options, { types }: Entities): void {
  const twice = [...new Set(types.filter((type, index) => types.indexOf(type) !== index))]
  if (twice.length > 0) throw new UserError(`Duplicate entity type(s) specified: ${twice.join(',')}`)
  if (!options.has('bootstrap-server') && !options.has('bootstrap-controller'))
    throw new UserError('Either --bootstrap-server or --bootstrap-controller must be specified.')
  const unknown = types.find((type) => !TYPES.includes(type))
  if (unknown !== undefined) throw new UserError(`Invalid entity type ${unknown}, the entity type must be one of ${TYPES.join(', ')} with a ${BOTH} argument`)
  if (types.length === 0) throw new UserError('At least one entity type must be specified')
  if (types.length > 1 && types.some((type) => type !== 'users' && type !== 'clients'))
    throw new UserError("Only 'users' and 'clients' entity types may be specified together")
}

function checkNames(options: Options, { types, names }: Entities): void {
  const general = ['entity-name', 'entity-type', 'entity-default'].some((name) => options.has(name))
  if (general && [...NAMED, ...DEFAULTS].some(([flag]) => options.has(flag)))
    throw new UserError('--entity-{type,name,default} should not be used in conjunction with specific entity flags')
  if (options.has('bootstrap-server') && options.has('bootstrap-controller'))
    throw new UserError('Only one of --bootstrap-server or --bootstrap-controller can be specified')
  const isOfBrokers = types.includes('brokers') || types.includes('broker-loggers')
  const noBroker = isOfBrokers ? names.find((name) => name !== '' && !/^[+-]?[0-9]{1,10}$/.test(name)) : undefined
  if (noBroker !== undefined) throw new UserError(`The entity name for ${types[0]} must be a valid integer broker id, but it is: ${noBroker}`)
}

function checkDescribe(options: Options, { types, names }: Entities): void {
  if (options.has('entity-default') && !types.some((type) => WITH_DEFAULTS.includes(type)))
    throw new UserError(`--entity-default must not be specified with --describe of ${types.join(',')}`)
  if (types.includes('broker-loggers') && !names.some((name) => name !== ''))
    throw new UserError(`An entity name must be specified with --describe of ${types.join(',')}`)
}

function checkAlter(options: Options, { types, names }: Entities): void {
  if (types.some((type) => WITH_DEFAULTS.includes(type))) {
    if (names.length === 0) throw new UserError('An entity-name or default entity must be specified with --alter of users, clients, brokers or ips')
  } else if (!names.some((name) => name !== '')) {
    throw new UserError(`An entity name must be specified with --alter of ${types.join(',')}`)
  }
  if (options.has('add-config') && options.has('add-config-file')) throw new UserError('Only one of --add-config or --add-config-file must be specified')
  if (!options.has('add-config') && !options.has('add-config-file') && !options.has('delete-config'))
    throw new UserError('At least one of --add-config, --add-config-file, or --delete-config must be specified with --alter')
}
