import { describe, expect, test } from 'vitest'
import { findSetting } from '../../../../src/config/setting-names.ts'
import { parseEnvironment } from '../../../../src/config/sources/environment.ts'

function parse(variables: Record<string, string | undefined>) {
  return parseEnvironment(variables, (name) => findSetting(name) !== null)
}

function read(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(parse(variables).entries.map(({ name, text }) => [name, text]))
}

describe('KAFKA_ variables', () => {
  test('name settings as in the apache/kafka image: _ is a dot, __ an underscore, ___ a dash', () => {
    expect(read({ KAFKA_NUM_PARTITIONS: '3', KAFKA_A__B: '1', KAFKA_A___B: '2', KAFKA_LISTENER_NAME_OUT_SSL_KEYSTORE_LOCATION: '/k' })).toEqual({
      'num.partitions': '3',
      a_b: '1',
      'a-b': '2',
      'listener.name.out.ssl.keystore.location': '/k',
    })
  })

  test('of the JVM, its logging and the image are no settings', () => {
    expect(
      read({
        KAFKA_OPTS: '-X',
        KAFKA_HEAP_OPTS: '-Xmx1g',
        KAFKA_JVM_PERFORMANCE_OPTS: '',
        KAFKA_LOG4J_OPTS: '',
        KAFKA_LOG4J_LOGGERS: 'a=b',
        KAFKA_VERSION: '4',
        KAFKA_JMX_PORT: '1',
      }),
    ).toEqual({})
    expect(parse({ KAFKA_JMX_PORT: '9101', KAFKA_ADVERTISED_PORT: '9092' }).passedOver).toEqual(['KAFKA_ADVERTISED_PORT', 'KAFKA_JMX_PORT'])
  })

  test('of the JVM, of ZooKeeper and of scripts are named, so that whoever wrote them is told', () => {
    const variables = { KAFKA_HEAP_OPTS: '-Xmx1g', KAFKA_CFG_ZOOKEEPER_CONNECT: 'zookeeper:2181', KAFKA_BROKER_ID: '-1', KAFKA_ENABLE_KRAFT: 'yes' }
    expect(parse(variables)).toEqual({ entries: [], passedOver: ['KAFKA_BROKER_ID', 'KAFKA_CFG_ZOOKEEPER_CONNECT', 'KAFKA_ENABLE_KRAFT', 'KAFKA_HEAP_OPTS'] })
    expect(parse({ KAFKA_PORT: 'tcp://10.0.0.1:9092', KAFKA_CREATE_TOPICS: 'a', KAFKA_CLUSTER_ID: 'b' }).passedOver).toEqual([])
  })

  test('with CFG name the same settings, and stand over those without', () => {
    expect(read({ KAFKA_CFG_NUM_PARTITIONS: '4', KAFKA_NUM_PARTITIONS: '3', KAFKA_CFG_A__B: '1' })).toEqual({ 'num.partitions': '4', a_b: '1' })
  })

  test('that Kubernetes makes of a service named kafka are no settings', () => {
    const injected = [
      'SERVICE_HOST',
      'SERVICE_PORT',
      'SERVICE_PORT_CLIENT',
      'PORT',
      'PORT_9092_TCP',
      'PORT_9092_TCP_ADDR',
      'PORT_9092_TCP_PORT',
      'PORT_9092_TCP_PROTO',
      'BROKER_SERVICE_HOST',
      'UI_PORT_80_TCP',
    ]
    expect(read(Object.fromEntries(injected.map((name) => [`KAFKA_${name}`, 'tcp://10.0.0.1:9092'])))).toEqual({})
  })

  test('that Kubernetes makes of a service go by its value where a setting has the name', () => {
    expect(read({ KAFKA_METRICS_PORT: 'tcp://10.0.0.1:9404' })).toEqual({})
    expect(read({ KAFKA_METRICS_PORT: '9405' })).toEqual({ 'metrics.port': '9405' })
  })

  test('are the only ones read', () => {
    expect(read({ PATH: '/bin', CLUSTER_ID: 'x', kafka_num_partitions: '1', KAFKA_NUM_PARTITIONS: undefined })).toEqual({})
  })
})
