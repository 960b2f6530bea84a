import type { RaftAnswer, RaftRequest } from '../core/messages.ts'
import { addVoterExchange } from './add-voter.ts'
import { beginEpochExchange } from './begin-epoch.ts'
import { endEpochExchange } from './end-epoch.ts'
import type { Exchange, Sender } from './exchange.ts'
import { fetchExchange } from './fetch.ts'
import { fetchSnapshotExchange } from './fetch-snapshot.ts'
import { removeVoterExchange } from './remove-voter.ts'
import { updateVoterExchange } from './update-voter.ts'
import { voteExchange } from './vote.ts'

// biome-ignore lint/suspicious/noExplicitAny: the fields of any of Kafka's messages
type AnyExchange = Exchange<any, any, RaftAnswer>

/** Any request of the core, as Kafka's message. */
export function exchangeOf(request: RaftRequest, sender: Sender): AnyExchange {
  switch (request.type) {
    case 'vote':
      return voteExchange(request, sender)
    case 'begin-epoch':
      return beginEpochExchange(request, sender)
    case 'end-epoch':
      return endEpochExchange(request, sender)
    case 'fetch':
      return fetchExchange(request, sender)
    case 'fetch-snapshot':
      return fetchSnapshotExchange(request, sender)
    case 'add-voter':
      return addVoterExchange(request, sender)
    case 'remove-voter':
      return removeVoterExchange(request, sender)
    case 'update-voter':
      return updateVoterExchange(request, sender)
  }
}
