import { shortText } from '../short-text.ts'

/** A longer text is matched by no pattern, and no more of it is kept. */
export const MAX_MATCHED_LENGTH = 1024

/** What a node knows of a client that asks about metrics. */
export interface ClientFacts {
  readonly clientId: string
  /** `unknown` where ApiVersions did not tell it. */
  readonly softwareName: string
  readonly softwareVersion: string
  /** As Java prints it: without names and short forms. */
  readonly sourceAddress: string
  readonly sourcePort: number
  readonly connectionId: number
}

/** What of a client a subscription may look at. */
export type ClientAttribute =
  | 'client_instance_id'
  | 'client_id'
  | 'client_software_name'
  | 'client_software_version'
  | 'client_source_address'
  | 'client_source_port'

export type ClientAttributes = Readonly<Record<ClientAttribute, string>>

export function attributesOf(clientInstanceId: string, client: ClientFacts): ClientAttributes {
  return {
    client_instance_id: clientInstanceId,
    client_id: kept(client.clientId),
    client_software_name: kept(client.softwareName),
    client_software_version: kept(client.softwareVersion),
    client_source_address: client.sourceAddress,
    client_source_port: String(client.sourcePort),
  }
}

/** As much of it as tells that it is too long. */
function kept(text: string): string {
  return shortText(text, MAX_MATCHED_LENGTH + 1)
}
