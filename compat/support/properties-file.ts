/** By Kafka's names; null leaves out what would be there else. */
export type Settings = Readonly<Record<string, string | number | boolean | null>>

/** What a `server.properties` with these settings says. */
export function propertiesText(settings: Settings): string {
  return Object.entries(settings)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
