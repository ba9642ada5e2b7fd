// What all commands share about their options: the error for an option that cannot be used, and Commander's messages as sentences.

/** An option or argument cannot be used. The message is one sentence with the remedy; the command ends with exit code 3. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** A message of Commander's as one sentence: without its prefix, on one line, with a capital and a full stop. */
export function sentence(message: string): string {
  const text = message
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.?$/, '.')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
