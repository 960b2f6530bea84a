import { describe, expect, test } from 'vitest'
import { findSetting } from '../../../../src/config/setting-names.ts'
import { parseEnvironment } from '../../../../src/config/sources/environment.ts'

function read(variables: Record<string, string | undefined>): Record<string, string> {
  const entries = parseEnvironment(variables, (name) => findSetting(name) !== null)
  return Object.fromEntries(entries.map(({ name, text }) => [name, text]))
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
