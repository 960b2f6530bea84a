import { OdradekError } from '../../base/errors.ts'

/** As Confluent's and Bitnami's images call it; the entry point of ours passes `CLUSTER_ID` of the `apache/kafka` image as the first. */
const VARIABLES = ['KAFKA_CLUSTER_ID', 'KAFKA_KRAFT_CLUSTER_ID'] as const

/** 16 bytes in base64 with - and _, with or without its padding: the form that `kafka-storage` takes. */
const CLUSTER_ID = /^[A-Za-z0-9_-]{22}(?:==)?$/

/**
 * The id of the cluster that a node is of, as variables say: null where none does.
 * Errors: CONFIG_INVALID for what is none.
 */
export function clusterIdOf(environment: Readonly<Record<string, string | undefined>>): string | null {
  for (const variable of VARIABLES) {
    const text = environment[variable]?.trim() ?? ''
    if (text === '') continue
    if (CLUSTER_ID.test(text)) return text
    throw new OdradekError(
      'CONFIG_INVALID',
      `${variable}=${text} is no id of a cluster, which has 22 letters, digits, - and _ (CLUSTER_ID of an image is passed on as ${VARIABLES[0]}); kafka-storage random-uuid makes one`,
      { fields: { name: variable } },
    )
  }
  return null
}
