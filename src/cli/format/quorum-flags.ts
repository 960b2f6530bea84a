import type { Flags } from '../parse-arguments.ts'

/** Who votes in the quorum of a node that is formatted. One of them at most. */
export const quorumFlags: Flags = {
  standalone: { short: 's', does: 'Begin a quorum with this controller as its one voter; what happens where nothing is said and no voters are set.' },
  'initial-controllers': {
    value: 'ID@HOST:PORT:DIRECTORY,…',
    short: 'I',
    does: 'Begin a quorum with these voters; every one of them is formatted with the same.',
  },
  'no-initial-controllers': { short: 'N', does: 'Join a quorum that there is, found by controller.quorum.bootstrap.servers.' },
}
