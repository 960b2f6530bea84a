import { type SettingType, type SettingValue, UNLIMITED } from './setting-value.ts'

/** A value as Kafka writes it in answers of DescribeConfigs; null stays null. Secrets read `[hidden]`. */
export function formatValue(type: SettingType, value: SettingValue): string | null {
  if (value === null) return null
  if (Array.isArray(value)) return value.join(',')
  if (typeof value !== 'number') return String(value)
  if (type === 'double') return formatDouble(value)
  if (value >= UNLIMITED) return '9223372036854775807'
  return value <= -UNLIMITED ? '-9223372036854775808' : String(value)
}

/** A setting's default in the same form; null where it has none, or nothing as one. */
export function formatDefault({ type, default: standard }: { readonly type: SettingType; readonly default: SettingValue | undefined }): string | null {
  return formatValue(type, standard ?? null)
}

/** As Java's `Double.toString`: always a decimal point; scientific outside [10^-3, 10^7). */
function formatDouble(value: number): string {
  const magnitude = Math.abs(value)
  if (magnitude === Number.POSITIVE_INFINITY) return value > 0 ? 'Infinity' : '-Infinity'
  if (magnitude === 0 || (magnitude >= 1e-3 && magnitude < 1e7)) return withPoint(Object.is(value, -0) ? '-0' : String(value))
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  return `${withPoint(mantissa)}E${exponent.replace('+', '')}`
}

function withPoint(digits: string): string {
  return digits.includes('.') ? digits : `${digits}.0`
}
