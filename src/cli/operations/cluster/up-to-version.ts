import type { Api, Fields } from '../../../../protocol/schema/notation.ts'
import { parseVersions } from '../../../../protocol/schema/versions.ts'

/** The API as it was up to `highest`: later versions name topics by their ids alone, where a tool knows their names. */
export function upToVersion<Q extends Fields, A extends Fields>(api: Api<Q, A>, highest: number): Api<Q, A> {
  const { lowest } = parseVersions(api.request.versions)
  return { ...api, request: { ...api.request, versions: `${lowest}-${highest}` } }
}
