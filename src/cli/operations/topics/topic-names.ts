import { isInternalTopic } from '../../../../protocol/internal-topics.ts'
import { OdradekError } from '../../../base/errors.ts'
import { javaRegExp } from '../../../config/values/java-regexp.ts'

/**
 * What Kafka's tools take for topics: a Java pattern that matches whole names, in which a comma stands for "or".
 * Errors: the text of the tools for what is no pattern, and one of ours for what only Java understands.
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

/** Where Java's and JavaScript's way of writing differ, Java's counts. */
function compile(pattern: string): RegExp {
  const regex = javaRegExp(pattern)
  if (regex !== null) return regex
  const unknown = 'possessive repetitions, atomic groups, flags but a leading (?i), classes of Unicode and classes made of classes are not'
  throw new OdradekError('CLIENT_PATTERN', isPattern(pattern) ? `${pattern} is not understood here: ${unknown}.` : `${pattern} is an invalid regex.`)
}

/** To JavaScript: what Java has besides is mostly one as well. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}

/** Metrics of the two look the same where one has `.` and the other `_`. */
export function hasCollisionCharacters(name: string): boolean {
  return name.includes('.') || name.includes('_')
}
