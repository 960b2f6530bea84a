import { boolean, int, list, long, type Settings, string } from '../setting.ts'
import { UNLIMITED } from '../values/setting-value.ts'
import { atLeast, listOf } from '../values/validators.ts'

/** The node itself: its identity and roles, its session with the controller, and how it starts and stops. */
export const nodeSettings = {
  'process.roles': list({
    validator: listOf({ empty: false, items: ['broker', 'controller'] }),
    importance: 'high',
    does: 'The parts this process runs: `broker`, `controller` or both.',
  }),
  'node.id': int({ validator: atLeast(0), importance: 'high', does: "The node's number, unique in the cluster." }),
  'broker.id': int({ default: -1, importance: 'high', does: 'The older name of `node.id`; where both are set they must agree.' }),
  'broker.rack': string({ default: null, does: 'The rack of this node, for spreading replicas and for reads from the nearest replica.' }),
  'broker.session.timeout.ms': int({ default: 9000, does: 'Milliseconds without a heartbeat after which the controller fences a broker.' }),
  'broker.heartbeat.interval.ms': int({ default: 2000, does: "Milliseconds between a broker's heartbeats to the controller." }),
  'initial.broker.registration.timeout.ms': int({
    default: 60_000,
    does: 'Milliseconds within which a starting broker must reach a controller, else it stops.',
  }),
  'controlled.shutdown.enable': boolean({
    default: true,
    does: 'Whether a stopping broker first hands over the partitions it leads.',
  }),
  'background.threads': int({
    default: 10,
    validator: atLeast(1),
    importance: 'high',
    update: 'cluster-wide',
    instead: "Background work runs in slices on the node's one event loop.",
  }),
  'server.max.startup.time.ms': long({
    default: UNLIMITED,
    validator: atLeast(0),
    internal: true,
    instead: 'A start has no limit in time: what it waits for stands in the log.',
  }),
  'unstable.api.versions.enable': boolean({
    default: false,
    importance: 'high',
    internal: true,
    instead: 'What is not final yet is never served.',
  }),
  'unstable.feature.versions.enable': boolean({
    default: false,
    importance: 'high',
    internal: true,
    instead: 'Levels that are not final yet cannot be chosen.',
  }),
  'config.providers': list({
    default: [],
    validator: listOf({ empty: true }),
    importance: 'low',
    update: 'cluster-wide',
    instead: 'Refused unless empty: providers are classes in Java.',
  }),
  'security.providers': string({ default: null, importance: 'low' }),
} satisfies Settings
