const bearer = /\b(Bearer|x-api-key:?)\s+\S+/gi
const vendorKey = /\bsk-[A-Za-z0-9_*.-]{6,}/g

/**
 * Takes keys out of a text that will be stored or shown.
 *
 * Servers and HTTP libraries quote the key back in their error messages, so every message passes here. Known keys are
 * replaced wherever they stand; whatever looks like a vendor's key or an authorization header goes too.
 *
 * @param keys - The secrets in use; empty ones are ignored.
 */
export function withoutKeys(text: string, keys: readonly string[]): string {
  const known = keys.filter((key) => key.length >= 4)
  const hidden = known.reduce((rest, key) => rest.replaceAll(key, '[key]'), text)
  return hidden.replace(bearer, '$1 [key]').replace(vendorKey, '[key]')
}
