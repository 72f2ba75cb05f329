import { ProviderError } from './provider.ts'

/** The most bytes read of one response. Streaming wraps every few characters in some 300 bytes, hence the room. */
const mostBytes = 256 * 1024 * 1024

/**
 * Fetches like the platform does, but stops reading a response that does not end.
 *
 * The vendors' libraries buffer a line until it is complete, so without this bound a server could fill the memory.
 */
export const boundedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init)
  if (response.body === null) return response
  let read = 0
  const bounded = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        read += chunk.byteLength
        if (read > mostBytes) controller.error(tooLong())
        else controller.enqueue(chunk)
      },
    }),
  )
  return new Response(bounded, response)
}

function tooLong(): ProviderError {
  return new ProviderError(`the response is longer than ${mostBytes} bytes`, { retry: 'never', giveUp: true })
}
