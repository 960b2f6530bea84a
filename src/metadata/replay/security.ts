import type { AccessControlEntryRecord } from '../../../protocol/metadata/access-control-entry-record.ts'
import type { DelegationTokenRecord } from '../../../protocol/metadata/delegation-token-record.ts'
import type { UserScramCredentialRecord } from '../../../protocol/metadata/user-scram-credential-record.ts'
import type { AclImage, DelegationTokenImage, ScramImage } from '../image.ts'

export function aclOfRecord(record: AccessControlEntryRecord): AclImage {
  return {
    id: record.id,
    resourceType: record.resourceType,
    resourceName: record.resourceName,
    patternType: record.patternType,
    principal: record.principal,
    host: record.host,
    operation: record.operation,
    permissionType: record.permissionType,
  }
}

/** The bytes are copied: a decoded record's are views of the log's read buffer. */
export function scramOfRecord(record: UserScramCredentialRecord): ScramImage {
  return {
    user: record.name,
    mechanism: record.mechanism,
    salt: Buffer.from(record.salt),
    storedKey: Buffer.from(record.storedKey),
    serverKey: Buffer.from(record.serverKey),
    iterations: record.iterations,
  }
}

export function tokenOfRecord(record: DelegationTokenRecord): DelegationTokenImage {
  return {
    tokenId: record.tokenId,
    owner: record.owner,
    requester: record.requester,
    renewers: record.renewers,
    issueTimestampMs: record.issueTimestamp,
    maxTimestampMs: record.maxTimestamp,
    expirationTimestampMs: record.expirationTimestamp,
  }
}
