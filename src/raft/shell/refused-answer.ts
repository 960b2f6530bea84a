import type { AnswerHead, RaftAnswer, RaftRequest } from '../core/messages.ts'

const NO_RECORDS = Buffer.alloc(0)

/** An answer that says nothing but its head, in the form that the request asks for. */
export function refusedAnswer(request: RaftRequest, head: AnswerHead): RaftAnswer {
  switch (request.type) {
    case 'vote':
      return { type: 'vote', ...head, granted: false }
    case 'begin-epoch':
    case 'end-epoch':
      return { type: request.type, ...head }
    case 'fetch':
      return { type: 'fetch', ...head, highWatermark: null, logStartOffset: 0, content: { type: 'records', offset: request.offset, records: NO_RECORDS } }
    case 'fetch-snapshot':
      return { type: 'fetch-snapshot', ...head, snapshotId: request.snapshotId, position: request.position, sizeBytes: 0, bytes: null }
    case 'add-voter':
    case 'remove-voter':
    case 'update-voter':
      return { type: 'voter-change', ...head, message: null }
  }
}
