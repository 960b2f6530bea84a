/** Java classes of Apache Kafka whose work Odradek does itself: naming them changes nothing, or chooses that work. */
const KNOWN_CLASSES: ReadonlySet<string> = new Set([
  'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder',
  'org.apache.kafka.common.security.oauthbearer.BrokerJwtValidator',
  'org.apache.kafka.common.security.oauthbearer.DefaultJwtRetriever',
  'org.apache.kafka.common.security.oauthbearer.DefaultJwtValidator',
  'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler',
  'org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler',
  'org.apache.kafka.common.security.ssl.DefaultSslEngineFactory',
])

/** Kafka refuses a class that is not on its class path; ours holds these. */
export function isKnownClass(name: string): boolean {
  return KNOWN_CLASSES.has(name)
}
