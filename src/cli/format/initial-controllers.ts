import { parseUuid, type Uuid } from '../../../protocol/uuid.ts'
import { KRAFT_VERSION } from '../../raft/format/format-directories.ts'
import type { Voter, VoterSet } from '../../raft/voter-set.ts'
import { UsageError } from '../usage-error.ts'

const MAX_PORT = 65_535

/**
 * The voters of `--initial-controllers` by id: `id@host:port:directory,…`, an address of IPv6 in brackets.
 * @param listenerName of the quorum
 * Errors: `UsageError`, in the words of `kafka-storage`.
 */
export function parseInitialControllers(text: string, listenerName: string): VoterSet {
  const voters: Voter[] = []
  for (const item of text.trim().split(',')) if (item !== '') voters.push(parseVoter(item.trim(), listenerName))
  if (voters.length === 0) throw new UsageError('No voters given.')
  for (const [index, { id }] of voters.entries()) {
    if (voters.findIndex((voter) => voter.id === id) !== index) throw new UsageError(`--initial-controllers names node ${id} twice`)
  }
  return voters.sort((a, b) => a.id - b.id)
}

function parseVoter(text: string, name: string): Voter {
  const { host, rest } = readHost(behindId(text))
  const [portText, directoryText] = splitOnce(rest, ':')
  if (directoryText === null) throw new UsageError('No colon following port could be found.')
  const port = parseInteger(portText)
  if (port === null || port > MAX_PORT) throw new UsageError('Failed to parse port in dynamic voter string.')
  return {
    id: parseId(text),
    directoryId: parseDirectory(directoryText),
    endpoints: [{ name, host, port }],
    minKraftVersion: 0,
    maxKraftVersion: KRAFT_VERSION,
  }
}

function behindId(text: string): string {
  const [, rest] = splitOnce(text, '@')
  if (rest === null) throw new UsageError('No @ found in dynamic voter string.')
  if (rest === '') throw new UsageError('No hostname found after node id.')
  return rest
}

function parseId(text: string): number {
  const [idText] = splitOnce(text, '@')
  if (idText === '') throw new UsageError('Invalid @ at beginning of dynamic voter string.')
  const id = parseInteger(idText)
  if (id === null) throw new UsageError('Failed to parse node id in dynamic voter string.')
  return id
}

/** `rest` begins with the port. */
function readHost(text: string): { readonly host: string; readonly rest: string } {
  if (!text.startsWith('[')) {
    const [host, rest] = splitOnce(text, ':')
    if (rest === null) throw new UsageError('No colon following hostname could be found.')
    return { host, rest }
  }
  const end = text.indexOf(']')
  if (end < 0) throw new UsageError('Hostname began with left bracket, but no right bracket was found.')
  if (text[end + 1] !== ':') throw new UsageError('Port section must start with a colon.')
  return { host: text.slice(1, end), rest: text.slice(end + 2) }
}

function parseDirectory(text: string): Uuid {
  const uuid = parseUuid(text)
  if (uuid === null) throw new UsageError('Failed to parse directory ID in dynamic voter string.')
  return uuid
}

function parseInteger(text: string): number | null {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0x7fffffff ? Number(text) : null
}

/** What is before the first separator, and what is behind it; null when there is none. */
function splitOnce(text: string, separator: string): readonly [string, string | null] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)]
}
