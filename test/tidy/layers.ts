/**
 * The layer table of the design (docs/architecture.md, section 3): each row lists all that the layer may import.
 * Moving the line is allowed, with the reason in docs/decisions/.
 */
const COMMON = ['protocol', 'src/base', 'src/config', 'src/telemetry']
const COORDINATORS = [...COMMON, 'src/metadata', 'src/coordinator']

const BELOW_HANDLERS: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  'src/base': [],
  'src/config': ['src/base'],
  'src/telemetry': ['src/base', 'src/config'],
  'src/quota': ['src/base', 'src/config'],
  'src/storage': COMMON,
  'src/metadata': ['protocol', 'src/base'],
  'src/client': COMMON,
  'src/security': ['protocol', 'src/base', 'src/config', 'src/metadata'],
  'src/raft': [...COMMON, 'src/storage', 'src/client', 'src/quota'],
  'src/controller': [...COMMON, 'src/metadata', 'src/raft'],
  'src/broker': [...COMMON, 'src/metadata', 'src/client', 'src/controller', 'src/raft'],
  'src/replication': [...COMMON, 'src/storage', 'src/metadata', 'src/client', 'src/quota'],
  'src/coordinator': [...COMMON, 'src/metadata', 'src/replication'],
  'src/group': COORDINATORS,
  'src/transaction': [...COORDINATORS, 'src/client'],
  'src/share': [...COORDINATORS, 'src/client', 'src/replication'],
  'src/server': [...COMMON, 'src/metadata', 'src/security', 'src/quota'],
  'src/observing': [...COMMON, 'src/metadata', 'src/client'],
}

const ALL_BELOW_HANDLERS = Object.keys(BELOW_HANDLERS)

export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  ...BELOW_HANDLERS,
  'src/handlers': ALL_BELOW_HANDLERS,
  'src/platform': ['src/base', 'src/telemetry'],
  'src/node': [...ALL_BELOW_HANDLERS, 'src/handlers', 'src/platform'],
  'src/cli': [...ALL_BELOW_HANDLERS, 'src/platform', 'src/node'],
  // What the package exports.
  'src/index.ts': ['src/node', 'src/base', 'src/telemetry', 'src/config'],
}

/** Where the package is entered: the only files that may pass on what others export. */
export const ENTRY_POINTS: ReadonlySet<string> = new Set(['src/index.ts', 'protocol/index.ts'])

/** The row that a file belongs to, null when there is none. */
export function layerOf(path: string): string | null {
  if (path.startsWith('protocol/')) return 'protocol'
  const [root, folder] = path.split('/')
  const layer = `${root}/${folder}`
  return layer in LAYERS ? layer : null
}
