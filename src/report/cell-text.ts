/** A value of a database as text: NULL is empty, numbers are exact, bytes are hexadecimal, anything else is JSON. */
export function cellText(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return ''
      if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
      return JSON.stringify(value)
    default:
      return ''
  }
}
