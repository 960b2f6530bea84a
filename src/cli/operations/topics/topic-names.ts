import { isInternalTopic } from '../../../../protocol/internal-topics.ts'

/**
 * What Kafka's tools take for topics: a Java pattern that matches whole names, in which a comma stands for "or".
 * Errors: the text of the tools for what is no pattern.
 */
export function topicFilter(text: string): (name: string, excludesInternal?: boolean) => boolean {
  const pattern = text
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '')
  const regex = compile(pattern)
  return (name, excludesInternal = false) => regex.test(name) && !(excludesInternal && isInternalTopic(name))
}

function compile(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`)
  } catch (cause) {
    throw new Error(`${pattern} is an invalid regex.`, { cause })
  }
}

/** Metrics of the two look the same where one has `.` and the other `_`. */
export function hasCollisionCharacters(name: string): boolean {
  return name.includes('.') || name.includes('_')
}
