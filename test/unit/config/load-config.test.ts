import { describe, expect, test } from 'vitest'
import { type ConfigInputs, loadConfig } from '../../../src/config/load-config.ts'

const PROPERTIES =
  'process.roles=broker,controller\nnode.id=7\ncontroller.listener.names=C\nlisteners=PLAINTEXT://:9092,C://:9093\ncontroller.quorum.voters=7@localhost:9093\n'

function properties(text: string): ConfigInputs {
  return { files: [{ path: 'server.properties', text: PROPERTIES + text }] }
}

function yaml(text: string): ConfigInputs {
  return { files: [{ path: 'config/broker.yaml', text }] }
}

const BITNAMI = {
  KAFKA_CFG_PROCESS_ROLES: 'broker,controller',
  KAFKA_CFG_NODE_ID: '0',
  KAFKA_CFG_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_CFG_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  KAFKA_CFG_CONTROLLER_QUORUM_VOTERS: '0@localhost:9093',
}

describe('the profile', () => {
  test.each<[string, ConfigInputs, string]>([
    ['dev when nothing is given', {}, 'dev'],
    ['dev with a YAML file', yaml('num_partitions: 2'), 'dev'],
    ['dev with single variables', { environment: { KAFKA_NUM_PARTITIONS: '2' } }, 'dev'],
    ['kafka with a properties file', properties(''), 'kafka'],
    ['kafka with roles as Bitnami writes them', { environment: BITNAMI }, 'kafka'],
    ['what --profile says', { ...properties(''), profile: 'dev' }, 'dev'],
    ['what ODRADEK_PROFILE says', { ...properties(''), environment: { ODRADEK_PROFILE: 'dev' } }, 'dev'],
    ['what --profile says before ODRADEK_PROFILE', { ...properties(''), profile: 'kafka', environment: { ODRADEK_PROFILE: 'dev' } }, 'kafka'],
  ])('is %s', (_, inputs, profile) => {
    expect(loadConfig(inputs).profile).toBe(profile)
  })

  test('is kafka when KAFKA_PROCESS_ROLES is set', () => {
    const environment = {
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_NODE_ID: '1',
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENERS: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093',
      KAFKA_ADVERTISED_LISTENERS: 'PLAINTEXT://kafka:9092',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    }
    expect(loadConfig({ environment }).profile).toBe('kafka')
  })

  test('must be one that exists', () => {
    expect(() => loadConfig({ profile: 'prod' })).toThrow('--profile: there is no profile prod; it may be dev or kafka')
  })
})

describe('sources', () => {
  test('later ones win: profile, files in their order, variables, --set', () => {
    const files = [
      { path: 'a.yaml', text: 'num_partitions: 2\nlog_dirs: /a\nmessage_max_bytes: 2\nbroker_rack: a' },
      { path: 'b.yaml', text: 'num_partitions: 3\nmessage_max_bytes: 3\nbroker_rack: b' },
    ]
    const { config } = loadConfig({ files, environment: { KAFKA_NUM_PARTITIONS: '4', KAFKA_MESSAGE_MAX_BYTES: '4' }, assignments: ['num.partitions=5'] })
    const names = ['num.partitions', 'message.max.bytes', 'broker.rack', 'log.dirs', 'group.initial.rebalance.delay.ms', 'num.io.threads']
    expect(names.map((name) => [config.inForce(name).text, config.inForce(name).origin])).toEqual([
      ['5', '--set'],
      ['4', 'KAFKA_MESSAGE_MAX_BYTES'],
      ['b', 'b.yaml:3'],
      ['/a', 'a.yaml:2'],
      ['0', 'profile dev'],
      ['8', 'default'],
    ])
  })

  test('values of the dev profile change one at a time', () => {
    const before = loadConfig({}).config
    const after = loadConfig({ assignments: ['num.partitions=9'] }).config
    const differing = after.names().filter((name) => before.inForce(name).text !== after.inForce(name).text)
    expect(differing).toEqual(['num.partitions'])
  })

  test('broker.id stands for node.id, and node.id for broker.id', () => {
    expect(loadConfig({ assignments: ['broker.id=4'] }).identity.nodeId).toBe(4)
    expect(loadConfig({ assignments: ['node.id=4'] }).config.get('broker.id')).toBe(4)
  })

  test('a --set without an equals sign is refused', () => {
    expect(() => loadConfig({ assignments: ['num.partitions'] })).toThrow('--set num.partitions: name=value is expected')
  })

  test('a --set may hold further equals signs', () => {
    expect(loadConfig({ assignments: ['broker.rack=a=b'] }).config.get('broker.rack')).toBe('a=b')
  })
})

describe('a name that nobody knows', () => {
  test('is one warning with the nearest name in a properties file, and the node goes on', () => {
    const { warnings } = loadConfig(properties('num.partition=3\n'))
    expect(warnings).toEqual(['server.properties:6: there is no setting num.partition; did you mean num.partitions?'])
  })

  test('is one warning as a variable', () => {
    const { warnings } = loadConfig({ environment: { KAFKA_QWXYZ: '3' } })
    expect(warnings).toEqual(['KAFKA_QWXYZ: there is no setting qwxyz'])
  })

  test.each([
    ['YAML', yaml('num_partitons: 1'), 'config/broker.yaml:1: there is no setting num_partitons; did you mean num.partitions?'],
    ['--set', { assignments: ['num.partition=1'] }, '--set: there is no setting num.partition; did you mean num.partitions?'],
    [
      '--set, named as for a topic',
      { assignments: ['flush.messages=1'] },
      '--set: there is no setting flush.messages; did you mean log.flush.interval.messages?',
    ],
    [
      'strict mode',
      { ...properties('num.partition=3\n'), strict: true },
      'server.properties:6: there is no setting num.partition; did you mean num.partitions?',
    ],
  ])('refuses in %s', (_, inputs: ConfigInputs, message) => {
    expect(() => loadConfig(inputs)).toThrow(expect.objectContaining({ code: 'CONFIG_UNKNOWN', message }))
  })

  test('passes quietly when it is of another time, another distribution or a plug-in, also in strict mode', () => {
    const text = 'zookeeper.connect=z:2181\nlog.message.format.version=2.8\nconfluent.license.topic=x\nrsm.config.a=b\ninter.broker.protocol.version=3.0\n'
    expect(loadConfig({ ...properties(text), strict: true }).warnings).toEqual([])
  })

  test('may be one that tools set while a broker runs, which no file may hold', () => {
    expect(loadConfig(properties('leader.replication.throttled.rate=1\n')).warnings).toHaveLength(1)
  })
})

describe('a bad value', () => {
  test('refuses with file, line, name, value and what is allowed, all of them at once', () => {
    const inputs = properties('num.partitions=0\ncompression.type=brotli\n')
    expect(() => loadConfig(inputs)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: [
          'The configuration cannot be used:',
          '  server.properties:6: Invalid value 0 for configuration num.partitions: Value must be at least 1 (int, [1,...])',
          '  server.properties:7: Invalid value brotli for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer (string, [uncompressed, zstd, lz4, snappy, gzip, producer])',
        ].join('\n'),
      }),
    )
  })

  test('refuses for one listener too', () => {
    expect(() => loadConfig({ assignments: ['listener.name.out.max.connections=-1'] })).toThrow(
      'Invalid value -1 for configuration listener.name.out.max.connections: Value must be at least 0',
    )
  })

  test('of 2147483648 bytes is refused in a properties file', () => {
    expect(() => loadConfig(properties('log.segment.bytes=2147483648\n'))).toThrow(
      'server.properties:6: Invalid value 2147483648 for configuration log.segment.bytes: Not a number of type INT',
    )
  })

  test('is a port that there is not', () => {
    expect(() => loadConfig({ assignments: ['listeners=PLAINTEXT://:70000'] })).toThrow('port out of range:70000')
  })

  test.each([
    ['listeners=foo', 'Unable to parse a listener name from foo;'],
    ['listeners=', 'There must be at least one broker advertised listener'],
    ['listeners=FOO://localhost:9092', 'No security protocol defined for listener FOO;'],
    ['advertised.listeners=foo', '--set: advertised.listeners=foo: Error creating broker listeners'],
  ])('names setting, place and form where a listener is none: %s', (assignment, named) => {
    const load = () => loadConfig({ assignments: [assignment] })
    expect(load).toThrow(named)
    expect(load).toThrow(/^--set.*: (advertised\.)?listeners=.*; listeners are written NAME:\/\/HOST:PORT, such as PLAINTEXT:\/\/localhost:9092$/)
  })
})

describe('a plug-in of Java', () => {
  test.each([
    ['authorizer.class.name=com.example.Closed', '--set: authorizer.class.name=com.example.Closed: Class com.example.Closed could not be found.'],
    ['replica.selector.class=com.example.Near', '--set: replica.selector.class=com.example.Near: Class com.example.Near could not be found.'],
    ['remote.log.storage.system.enable=true', '--set: remote.log.storage.system.enable=true: tiered storage needs a plug-in in Java'],
    ['config.providers=env', '--set: config.providers=env: config providers are classes in Java'],
    [
      'principal.builder.class=com.example.Who',
      '--set: Invalid value com.example.Who for configuration principal.builder.class: Class com.example.Who could not be found.',
    ],
  ])('is refused: %s', (assignment, message) => {
    expect(() => loadConfig({ assignments: [assignment] })).toThrow(message)
  })

  test('of Apache Kafka itself is taken where its work is done here', () => {
    const assignments = [
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'replica.selector.class=org.apache.kafka.common.replica.RackAwareReplicaSelector',
    ]
    expect(loadConfig({ assignments }).warnings).toEqual([])
  })
})

/** The blocks of docs and guides that people copy, as they stand. */
describe('the operations guide', () => {
  const MEMORY = `# Reduce buffer sizes in config/broker.yaml
socket_send_buffer_bytes: 51200  # Reduce from 102400
socket_receive_buffer_bytes: 51200

# Reduce log segment size
log_segment_bytes: 536870912  # 512MB instead of 1GB

# Increase broker memory
# In docker-compose.yml:
services:
  broker-1:
    mem_limit: 2g
`
  const TUNING = `# config/broker.yaml

# Network threads (1 per core)
num_network_threads: 8

# I/O threads (2x cores)
num_io_threads: 16

# Larger buffers for high throughput
socket_send_buffer_bytes: 1048576    # 1MB
socket_receive_buffer_bytes: 1048576

# Replica fetcher threads
num_replica_fetchers: 8

# Larger log segments for sequential I/O
log_segment_bytes: 2147483648  # 2GB
`
  const SECURITY = `# Enable authentication (not implemented in this version)
# In production, use:
# - SSL/TLS for encryption
`
  const ALERTS = `# Prometheus alerting rules
groups:
  - name: message_queue
    rules:
      - alert: UnderReplicatedPartitions
        expr: under_replicated_partitions > 0
        for: 5m
        annotations:
          summary: "Partitions are under-replicated"
`

  test('has a block against memory shortage that loads', () => {
    const { config, warnings } = loadConfig(yaml(MEMORY))
    expect([config.get('socket.send.buffer.bytes'), config.get('socket.receive.buffer.bytes'), config.get('log.segment.bytes')]).toEqual([
      51_200, 51_200, 536_870_912,
    ])
    expect(warnings).toEqual(['config/broker.yaml:10: services belongs in docker-compose.yml and is passed over'])
  })

  test('has a block for speed that loads, 2 GB being taken as the largest segment', () => {
    const { config, warnings } = loadConfig(yaml(TUNING))
    expect([
      config.get('num.network.threads'),
      config.get('num.io.threads'),
      config.get('num.replica.fetchers'),
      config.get('socket.send.buffer.bytes'),
    ]).toEqual([8, 16, 8, 1_048_576])
    expect(config.get('log.segment.bytes')).toBe(2_147_483_647)
    expect(warnings).toEqual(['config/broker.yaml:17: log.segment.bytes: 2147483648 is one more than the largest value, and is taken as 2147483647'])
  })

  test.each([SECURITY, ALERTS])('has other blocks, which change nothing', (text) => {
    expect(
      loadConfig(yaml(text))
        .config.names()
        .filter((name) => loadConfig(yaml(text)).config.given(name)?.origin.startsWith('config/')),
    ).toEqual([])
  })
})
